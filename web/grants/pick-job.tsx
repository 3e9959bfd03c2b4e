/** By job, before a job is named: its number, or the address of its page. */
import { useState } from "react";
import { Card } from "../components/page-header.tsx";
import { Button } from "../components/ui/button.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { useView } from "../search.ts";
import { grantWords } from "../text/grants.ts";
import { jobIdIn } from "./view.ts";

const words = grantWords.pickJob;

export function PickJob() {
  const [, change] = useView();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  return (
    <Card title={words.title} className="max-w-xl">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const job = jobIdIn(typed);
          setWrong(job === null);
          if (job !== null) change({ job, by: undefined });
        }}
      >
        <Field label={words.label} hint={words.hint} error={wrong && words.wrong}>
          {(ids) => <Input {...ids} value={typed} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
        <div>
          <Button type="submit" look="solid">
            {words.show}
          </Button>
        </div>
      </form>
    </Card>
  );
}
