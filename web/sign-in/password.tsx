/** E-mail and password; then, where the API asks for it, the code of the second factor. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { call } from "../api/client.ts";
import type { Session } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useView } from "../search.ts";
import { signIn as words } from "../text/access.ts";
import { CurrentPassword } from "./current-password.tsx";
import { useSending } from "./form.ts";
import { Frame } from "./frame.tsx";

/** @param children the other ways in, beside the first step */
export function Password({
  sample,
  onSession,
  onNoRole,
  children,
}: {
  sample: boolean;
  onSession: (session: Session) => void;
  onNoRole: () => void;
  children?: ReactNode;
}) {
  const [view] = useView();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [second, setSecond] = useState(false);
  const [tried, setTried] = useState(false);
  const { busy, failure, send, forget } = useSending();
  const first = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first field of each of the two steps
  useEffect(() => {
    first.current?.focus();
  }, [second]);

  const submit = async () => {
    setTried(true);
    if (email.trim() === "" || password === "" || (second && code.trim() === "")) return;
    const body = { email: email.trim(), password, ...(second ? { code: code.trim() } : {}) };
    const refused = await send(async () => onSession(await call("signIn", { body })));
    if (refused?.code === "no_role") onNoRole();
    if (refused?.code === "second_factor_needed") {
      forget();
      setTried(false);
      setSecond(true);
    } else if (refused?.code === "second_factor_wrong") {
      setCode("");
      setTried(false);
      first.current?.focus();
    }
  };
  const restart = () => {
    setSecond(false);
    setPassword("");
    setCode("");
    setTried(false);
    forget();
  };

  return (
    <Frame
      sample={sample}
      title={second ? words.secondTitle : words.title}
      text={second ? words.secondText : view.ended ? words.ended : words.text}
    >
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {second ? (
          <Field label={words.code} error={tried && code.trim() === "" && words.need.code}>
            {(ids) => (
              <Input
                {...ids}
                ref={first}
                autoComplete="one-time-code"
                spellCheck={false}
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            )}
          </Field>
        ) : (
          <>
            <Field label={words.email} error={tried && email.trim() === "" && words.need.email}>
              {(ids) => (
                <Input
                  {...ids}
                  ref={first}
                  type="email"
                  autoComplete="username"
                  value={email}
                  onChange={(event) => setEmail(event.target.value)}
                />
              )}
            </Field>
            <CurrentPassword
              label={words.password}
              error={tried && password === "" && words.need.password}
              value={password}
              onChange={setPassword}
            />
          </>
        )}
        {failure && <Refusal failure={failure} />}
        <Button look="solid" type="submit" busy={busy}>
          {busy ? words.busy : words.submit}
        </Button>
        {second && (
          <Button look="quiet" onClick={restart}>
            {words.back}
          </Button>
        )}
      </form>
      {!second && children}
      {!second && (
        <div className="mt-5 grid gap-2 border-t pt-4 text-sm text-dim">
          <p>
            <Link to="/sign-in" search={{ ...view, with: "code" }} className="link">
              {words.haveCode}
            </Link>
          </p>
          <p>
            {words.forgot} <code className="font-mono text-xs text-ink">{words.forgotCommand}</code>
          </p>
        </div>
      )}
    </Frame>
  );
}
