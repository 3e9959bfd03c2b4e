/** Signing in: password and second factor, single sign-on, or a passkey; afterwards back to the address that was asked for. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { asked } from "../api/query.ts";
import { type Session, sessionBegan, wayBack } from "../api/session.ts";
import { Failed, Loading } from "../components/states.tsx";
import { useView } from "../search.ts";
import { signIn as words } from "../text/access.ts";
import { TEXT } from "../text/console.ts";
import { Frame } from "./frame.tsx";
import { NoRole } from "./no-role.tsx";
import { OneTimeCode } from "./one-time-code.tsx";
import { Password } from "./password.tsx";
import { Ways } from "./ways.tsx";

export default function SignIn() {
  const [view] = useView();
  const navigate = useNavigate();
  const { data: session, error, refetch } = useQuery(asked("getSession", {}));
  const [noRole, setNoRole] = useState(false);
  const state = session?.state;
  const back = wayBack(view.back);

  useEffect(() => {
    document.title = TEXT.windowTitle(words.title);
    if (state === "unclaimed") void navigate({ to: "/setup", replace: true });
    if (state === "signed_in" || state === "second_factor_missing")
      void navigate({ href: back, replace: true });
  }, [state, back, navigate]);

  const begin = (now: Session) => {
    sessionBegan(now);
    void navigate({ href: back, replace: true });
  };
  if (error && !session) {
    return (
      <Frame title={words.title}>
        <Failed error={error} retry={() => void refetch()} />
      </Frame>
    );
  }
  if (!session || state !== "signed_out") {
    return (
      <Frame title={words.title}>
        <Loading rows={3} />
      </Frame>
    );
  }
  if (noRole) return <NoRole onAgain={() => setNoRole(false)} />;
  const { sample, ways } = session;
  return view.with === "code" ? (
    <OneTimeCode sample={sample} onSession={begin} />
  ) : (
    <Password sample={sample} onSession={begin} onNoRole={() => setNoRole(true)}>
      <Ways ways={ways} back={back} onSession={begin} onNoRole={() => setNoRole(true)} />
    </Password>
  );
}
