/** Who is signed in, what they chose for this browser, and the way out. */
import { Link } from "@tanstack/react-router";
import { CircleUserRound, LogOut, UserRound } from "lucide-react";
import { ApiFailure, call } from "../api/client.ts";
import { forgetAll } from "../api/session-end.ts";
import { usePreference } from "../components/preferences.ts";
import { useReader } from "../components/reader.tsx";
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from "../components/ui/menu.tsx";
import { say } from "../components/ui/toast.tsx";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { WORD } from "../text/words.ts";

const { account } = TEXT;
const THEMES = [
  ["system", account.system],
  ["light", account.light],
  ["dark", account.dark],
] as const;

export function AccountMenu({ small = false }: { small?: boolean }) {
  const reader = useReader();
  const [theme, setTheme] = usePreference("theme");
  const [exact, setExact] = usePreference("exact");
  const [view] = useView();
  return (
    <Menu
      align={small ? "end" : "start"}
      trigger={
        <button
          type="button"
          className="flex min-w-0 items-center gap-2.5 rounded-md px-2.5 py-1.5 text-left hover:bg-sunken"
        >
          <span className="sr-only">{small ? `${account.menu}: ${reader.name}` : account.menu}</span>
          <CircleUserRound aria-hidden className="size-5 shrink-0 text-dim" />
          {!small && (
            <span className="min-w-0">
              <span className="block truncate">{reader.name}</span>
              <span className="block text-sm text-dim">{WORD.role[reader.role]}</span>
            </span>
          )}
        </button>
      }
    >
      <MenuItem asChild>
        <Link to="/account" search={{ c: view.c }}>
          <UserRound aria-hidden /> {account.open}
        </Link>
      </MenuItem>
      <MenuLine />
      <MenuLabel>{account.theme}</MenuLabel>
      <MenuChoice value={theme} onChange={setTheme} options={THEMES} />
      <MenuLine />
      <MenuCheck checked={exact} onChange={setExact}>
        {account.exact}
      </MenuCheck>
      <MenuLine />
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden /> {account.signOut}
      </MenuItem>
    </Menu>
  );
}

/** Where nobody answers the page is left all the same: what it shows is not for who comes next. */
async function signOut(): Promise<void> {
  try {
    await call("signOut", {});
    forgetAll();
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 0) return forgetAll();
    say(error instanceof Error ? error.message : String(error), "cant");
  }
}
