/** For whom a password has let in alone, where that isn't enough: here they add a second factor, and go on to where they were going. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Passkeys } from "../account/passkeys.tsx";
import { RecoveryCodes } from "../account/recovery-codes.tsx";
import { SecondFactor } from "../account/second-factor.tsx";
import { asked } from "../api/query.ts";
import { wayBack } from "../api/session.ts";
import { Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Toasts } from "../components/ui/toast.tsx";
import { useView } from "../search.ts";
import { Frame } from "../sign-in/frame.tsx";
import { signOut } from "../sign-in/sign-out.ts";
import { secondFactorNeeded as words } from "../text/sign-in.ts";

export default function SecondFactorNeeded() {
  const [view] = useView();
  const navigate = useNavigate();
  const { data: session, error, refetch } = useQuery(asked("getSession", {}));
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const missing = session?.state === "second_factor_missing";
  const back = wayBack(view.back);

  useEffect(() => {
    document.title = `${words.title} · Glasshouse`;
    // Signed in whole, or not at all: the page that was asked for knows where to.
    if (session && !missing && !codes) void navigate({ href: back, replace: true });
  }, [session, missing, codes, back, navigate]);

  if (codes) {
    const email = session?.member?.email ?? "";
    return (
      <main className="mx-auto w-full max-w-xl p-5">
        <RecoveryCodes codes={codes} email={email} onDone={() => setCodes(null)} />
        <Toasts />
      </main>
    );
  }
  if (error && !session) {
    return (
      <Frame title={words.title}>
        <Failed error={error} retry={() => void refetch()} />
      </Frame>
    );
  }
  return missing ? (
    <Adding sample={session.sample} onCodes={setCodes} />
  ) : (
    <Frame title={words.title}>
      <Loading rows={3} />
    </Frame>
  );
}

function Adding({ sample, onCodes }: { sample: boolean; onCodes: (codes: readonly string[]) => void }) {
  const { data, error, refetch } = useQuery(asked("listPasskeys", {}));
  const has = data !== undefined && data.items.length > 0;
  return (
    <Frame
      wide
      sample={sample}
      title={has ? words.passkeyTitle : words.title}
      text={has ? words.passkeyText : words.text}
    >
      <div className="grid gap-4">
        {error && !data ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Loading rows={3} />
        ) : (
          !has && (
            <>
              <SecondFactor on={false} onCodes={onCodes} />
              <Passkeys />
            </>
          )
        )}
        <div>
          <Button onClick={() => void signOut()}>{words.signOut}</Button>
        </div>
      </div>
      <Toasts />
    </Frame>
  );
}
