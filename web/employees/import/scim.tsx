/** SCIM: the address that an identity provider sends to, and its tokens. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call } from "../../api/client.ts";
import { asked, invalidate } from "../../api/query.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { ShownOnce } from "../../components/shown-once.tsx";
import { Failed, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog, DialogClose } from "../../components/ui/dialog.tsx";
import { Field, Input } from "../../components/ui/field.tsx";
import { say } from "../../components/ui/toast.tsx";
import { Refusal } from "../../integrations/refusal.tsx";
import { useSending } from "../../sign-in/form.ts";
import { TEXT } from "../../text/console.ts";
import { importWords as words } from "../../text/employees.ts";

export function Scim() {
  const { data, error, refetch } = useQuery(asked("listScimTokens", {}));
  if (!data)
    return error ? (
      <Failed error={error} retry={() => void refetch()} what={words.scimTokens} />
    ) : (
      <Loading />
    );
  return (
    <div className="grid gap-5">
      <p>{words.scimText}</p>
      <div className="grid gap-1.5">
        <p className="font-medium">{words.scimUrl}</p>
        <div className="flex flex-wrap items-center gap-2">
          <code className="min-w-0 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-sm break-all">
            {data.url}
          </code>
          <CopyButton text={data.url} small={false} />
        </div>
        <p className="text-sm text-dim">{words.scimUrlNote}</p>
      </div>
      <section className="grid gap-2">
        <h3>{words.scimTokens}</h3>
        {data.items.length === 0 ? (
          <p className="text-dim">{words.scimNone}</p>
        ) : (
          <ul className="divide-y rounded-md border">
            {data.items.map((token) => (
              <Token key={token.id} token={token} />
            ))}
          </ul>
        )}
      </section>
      <Make />
    </div>
  );
}

type ScimToken = Answer<"listScimTokens">["items"][number];

function Token({ token: { id, name, madeBy, createdAt, lastUsedAt } }: { token: ScimToken }) {
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => call("revokeScimToken", { params: { token: id } }),
    onSuccess: async () => {
      await invalidate("listScimTokens");
      say(words.scimRevoked(name));
    },
    onError: (failure) => say(failure.message, "cant"),
  });
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2">
      <span className="font-medium">{name}</span>
      <span className="flex flex-1 flex-wrap gap-x-1.5 text-sm text-dim">
        {words.scimMade(madeBy)} <Time at={createdAt} /> ·{" "}
        {lastUsedAt ? (
          <>
            {words.scimUsed} <Time at={lastUsedAt} />
          </>
        ) : (
          words.scimNever
        )}
      </span>
      <Button small aria-label={words.scimRevokeOf(name)} onClick={() => setAsking(true)}>
        {words.scimRevoke}
      </Button>
      {asking && (
        <Dialog
          open
          onOpenChange={setAsking}
          title={words.scimRevokeTitle(name)}
          text={words.scimRevokeText}
          foot={
            <>
              <DialogClose>
                <Button>{TEXT.cancel}</Button>
              </DialogClose>
              <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
                {words.scimRevoke}
              </Button>
            </>
          }
        />
      )}
    </li>
  );
}

function Make() {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<Answer<"createScimToken"> | null>(null);
  const { busy, failure, send } = useSending();
  if (made)
    return (
      <ShownOnce label={`${words.scimSecret}: ${made.token.name}`} text={made.secret} note={words.scimOnce} />
    );
  return (
    <form
      noValidate
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (name.trim() === "") return;
        void send(async () => {
          setMade(await call("createScimToken", { body: { name: name.trim() } }));
          await invalidate("listScimTokens");
        });
      }}
    >
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-48 flex-1 sm:max-w-80">
          <Field label={words.scimName} error={tried && name.trim() === "" && words.scimNeedName}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={100}
                placeholder={words.scimNameExample}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" busy={busy}>
          {words.scimMake}
        </Button>
      </div>
      {failure && <Refusal failure={failure} />}
    </form>
  );
}
