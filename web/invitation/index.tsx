/** An invitation's own address: `/invitation#CODE`. What follows the `#` never leaves the browser, and leaves its address bar at once. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { asked } from "../api/query.ts";
import { type Session, sessionBegan } from "../api/session.ts";
import { Failed, Loading } from "../components/states.tsx";
import { Frame } from "../sign-in/frame.tsx";
import { OneTimeCode } from "../sign-in/one-time-code.tsx";
import { oneTimeCode as words } from "../text/access.ts";
import { TEXT } from "../text/console.ts";

export default function Invitation() {
  const navigate = useNavigate();
  const { data: session, error, refetch } = useQuery(asked("getSession", {}));
  const [code] = useState(() => window.location.hash.slice(1));
  const unclaimed = session?.state === "unclaimed";

  useEffect(() => {
    document.title = TEXT.windowTitle(words.title);
    if (unclaimed) void navigate({ to: "/setup", replace: true });
    else if (window.location.hash) void navigate({ to: ".", hash: "", replace: true });
  }, [unclaimed, navigate]);

  const begin = (now: Session) => {
    sessionBegan(now);
    void navigate({ to: "/", replace: true });
  };
  if (error && !session) {
    return (
      <Frame title={words.title}>
        <Failed error={error} retry={() => void refetch()} />
      </Frame>
    );
  }
  if (!session || unclaimed) {
    return (
      <Frame title={words.title}>
        <Loading rows={3} />
      </Frame>
    );
  }
  return (
    <OneTimeCode
      sample={session.sample}
      given={code || undefined}
      note={session.member ? words.instead(session.member.name) : !code && words.noCode}
      onSession={begin}
    />
  );
}
