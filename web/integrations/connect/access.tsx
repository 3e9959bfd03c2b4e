/** Step one: what Glasshouse may do in the account. */
import { Choice } from "../../components/ui/field.tsx";
import { connect as words } from "../../text/integrations.ts";
import type { Draft } from "./draft.ts";

export function Access({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  return (
    <Choice
      legend={words.access}
      name="permission"
      value={draft.permission}
      onChange={(permission) => change({ permission })}
      options={[
        { value: "read", label: words.read, text: words.readText },
        { value: "read_and_act", label: words.act, text: words.actText },
      ]}
    />
  );
}
