/** Where the issuer of single sign-on sends the browser back to. What it has added to the address is handed over, once. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { type ApiFailure, call } from "../api/client.ts";
import { sessionBegan, wayBack } from "../api/session.ts";
import { Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { Frame } from "../sign-in/frame.tsx";
import { NoRole } from "../sign-in/no-role.tsx";
import { TEXT } from "../text/console.ts";
import { sso as words } from "../text/sign-in.ts";

export default function SingleSignOn() {
  const navigate = useNavigate();
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const begun = useRef(false);

  useEffect(() => {
    document.title = TEXT.windowTitle(words.title);
    if (begun.current) return;
    begun.current = true;
    const found = window.location.search.slice(1);
    // Spent by what follows: it need not stay in the address, nor in the history.
    window.history.replaceState(window.history.state, "", window.location.pathname);
    call("signInWithSso", { body: { found } }).then(
      ({ session, back }) => {
        sessionBegan(session);
        void navigate({ href: wayBack(back ?? undefined), replace: true });
      },
      (error: unknown) => setFailure(error as ApiFailure),
    );
  }, [navigate]);

  if (failure?.code === "no_role") return <NoRole about={failure.message} />;
  return (
    <Frame title={failure ? words.failedTitle : words.title} text={failure ? undefined : words.text}>
      {failure ? (
        <div className="grid gap-4">
          <Refusal failure={failure} />
          <Button asChild>
            <Link to="/sign-in">{words.again}</Link>
          </Button>
        </div>
      ) : (
        <Loading rows={2} />
      )}
    </Frame>
  );
}
