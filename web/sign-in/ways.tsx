/** To sign in without a password: single sign-on, and a passkey. Only what there is, and only where it works. */
import { KeyRound, LogIn } from "lucide-react";
import { useState } from "react";
import { call } from "../api/client.ts";
import type { Session } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { ways as words } from "../text/sign-in.ts";
import { useSending } from "./form.ts";
import { askForPasskey, canPasskeys } from "./passkey.ts";

export function Ways({
  ways,
  back,
  onSession,
  onNoRole,
}: {
  ways: Session["ways"];
  back: string;
  onSession: (session: Session) => void;
  onNoRole: () => void;
}) {
  const [asking, setAsking] = useState<"sso" | "passkey" | null>(null);
  const { failure, send } = useSending();
  const passkey = ways.passkey && canPasskeys();
  if (!ways.here) return <Elsewhere ways={ways} back={back} />;
  if (ways.sso === null && !passkey) return null;

  const goThere = async () => {
    setAsking("sso");
    const refused = await send(async () => {
      const { url } = await call("beginSso", { body: { back } });
      window.location.assign(url);
    });
    if (refused) setAsking(null);
  };
  const withPasskey = async () => {
    setAsking("passkey");
    const refused = await send(async () => {
      const { options } = await call("beginPasskeySignIn", {});
      onSession(await call("signInWithPasskey", { body: { answer: await askForPasskey(options) } }));
    });
    if (refused?.code === "no_role") onNoRole();
    if (refused) setAsking(null);
  };

  return (
    <div className="mt-4 grid gap-2">
      <p className="flex items-center gap-3 text-sm text-dim before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {words.or}
      </p>
      {ways.sso !== null && (
        <Button busy={asking === "sso"} disabled={asking !== null} onClick={() => void goThere()}>
          {asking !== "sso" && <LogIn aria-hidden />}
          <span className="min-w-0 truncate">{asking === "sso" ? words.ssoBusy : words.sso(ways.sso)}</span>
        </Button>
      )}
      {passkey && (
        <Button busy={asking === "passkey"} disabled={asking !== null} onClick={() => void withPasskey()}>
          {asking !== "passkey" && <KeyRound aria-hidden />}
          {asking === "passkey" ? words.passkeyBusy : words.passkey}
        </Button>
      )}
      {failure && <Refusal failure={failure} />}
    </div>
  );
}

/** Glasshouse has several names on its own machine; these ways work at one. */
function Elsewhere({ ways, back }: { ways: Session["ways"]; back: string }) {
  const { sso, passkey, address } = ways;
  if (sso === null && !passkey) return null;
  const what = sso === null ? words.passkeyThere : passkey ? words.bothThere(sso) : words.ssoThere(sso);
  const there = new URL("/sign-in", address);
  if (back !== "/") there.searchParams.set("back", back);
  return (
    <p className="mt-4 text-sm text-dim">
      {what}{" "}
      <a className="link break-words" href={there.href}>
        {address}
      </a>
    </p>
  );
}
