/** Which e-mail domains are the company's own. */
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, TextArea } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { number } from "../format/number.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { employeeWords as words } from "../text/employees.ts";

type Of = { domains: Answer<"ownDomains"> };

export function Domains({ domains }: Of) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.domains}</Button>
      {open && <Form domains={domains} onClose={() => setOpen(false)} />}
    </>
  );
}

const FORM = "own-domains";

function Form({ domains: { domains, said, found }, onClose }: Of & { onClose: () => void }) {
  const [text, setText] = useState(domains.join("\n"));
  const { busy, failure, send } = useSending();
  const submit = () =>
    send(async () => {
      const all = text.split(/[\s,;]+/).filter(Boolean);
      await call("setOwnDomains", { body: { domains: all } });
      await invalidate("employeeSummary", "listEmployees");
      say(words.domainsSaved);
      onClose();
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.domainsTitle}
      text={words.domainsText}
      foot={
        <Button look="solid" type="submit" form={FORM} busy={busy}>
          {words.save}
        </Button>
      }
    >
      <form
        id={FORM}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={words.domainsField} hint={said ? words.domainsHint : words.domainsGuessed}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={5}
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {found.length > 0 && (
          <p className="text-sm text-dim">
            {words.domainsFound}:{" "}
            {found
              .slice(0, 10)
              .map(({ domain, employees }) => `${domain} ${number(employees)}`)
              .join(", ")}
          </p>
        )}
        {failure && <Refusal failure={failure} />}
      </form>
    </Dialog>
  );
}
