/** First start: the setup code makes the first admin; then the two ways to go on. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { asked } from "../api/query.ts";
import { type Session, sessionBegan } from "../api/session.ts";
import { Failed, Loading } from "../components/states.tsx";
import { FirstWays } from "../integrations/first-ways.tsx";
import { Frame } from "../sign-in/frame.tsx";
import { setup as words } from "../text/access.ts";
import { TEXT } from "../text/console.ts";
import { Claim } from "./claim.tsx";

export default function Setup() {
  const navigate = useNavigate();
  const { data: session, error, refetch } = useQuery(asked("getSession", {}));
  const [claimed, setClaimed] = useState<Session | null>(null);
  const state = session?.state;
  useEffect(() => {
    document.title = TEXT.windowTitle(words.title);
    if (claimed) return;
    if (state === "signed_out") void navigate({ to: "/sign-in", replace: true });
    if (session?.member) void navigate({ to: "/integrations", replace: true });
  }, [state, session?.member, claimed, navigate]);

  if (claimed) {
    return (
      <Frame wide title={words.ways} text={words.done(claimed.member?.name ?? "")}>
        <FirstWays admin />
      </Frame>
    );
  }
  if (error && !session) {
    return (
      <Frame title={words.title}>
        <Failed error={error} retry={() => void refetch()} />
      </Frame>
    );
  }
  if (state !== "unclaimed") {
    return (
      <Frame title={words.title}>
        <Loading rows={3} />
      </Frame>
    );
  }
  return (
    <Frame title={words.title} text={words.text} sample={session?.sample ?? false}>
      <Claim
        onSession={(now) => {
          setClaimed(now);
          sessionBegan(now);
        }}
      />
    </Frame>
  );
}
