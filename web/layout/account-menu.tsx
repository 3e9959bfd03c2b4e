/** Who is signed in, what they chose for this browser, and the way out. */
import { Link } from "@tanstack/react-router";
import { CircleUserRound, LogOut, UserRound } from "lucide-react";
import { usePreference } from "../components/preferences.ts";
import { useReader } from "../components/reader.tsx";
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from "../components/ui/menu.tsx";
import { useView } from "../search.ts";
import { signOut } from "../sign-in/sign-out.ts";
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
