/** The account's Site Admins, asked for with what is typed, to pick the admin user from by name. */
import { useMutation } from "@tanstack/react-query";
import { ApiFailure, call } from "../../api/client.ts";
import { Button } from "../../components/ui/button.tsx";
import { Field, Select } from "../../components/ui/field.tsx";
import { connect as words } from "../../text/integrations.ts";
import { userName } from "../../text/words.ts";
import { Refusal } from "../refusal.tsx";
import { type Draft, missing, testBodyOf } from "./draft.ts";

export function SiteAdmins({ draft, onPick }: { draft: Draft; onPick: (id: string) => void }) {
  const list = useMutation({
    // Whoever can't be used is to be replaced: the list is asked for without.
    mutationFn: () => call("draftSiteAdmins", { body: { ...testBodyOf(draft), adminUser: null } }),
  });
  const { clientId, secret } = missing(draft);
  const ready = clientId === undefined && secret === undefined;
  const admins = list.data?.items;
  const picked = admins?.find(({ id }) => id === draft.adminUser.trim());
  return (
    <div className="grid gap-2">
      {!admins && (
        <div>
          <Button small disabled={!ready} busy={list.isPending} onClick={() => list.mutate()}>
            {list.isPending ? words.picking : words.pick}
          </Button>
        </div>
      )}
      {admins?.length === 0 && <p className="text-sm text-dim">{words.pickNone}</p>}
      {admins && admins.length > 0 && (
        <Field
          label={words.pickLabel}
          hint={picked && !picked.serviceAccount && words.person(userName(picked))}
        >
          {(ids) => (
            <Select
              {...ids}
              value={picked?.id ?? ""}
              onChange={(event) => onPick(event.target.value)}
              options={[
                ["", words.pickChoose],
                ...admins.map((user) => [user.id, `${userName(user)} · ${user.id}`] as const),
              ]}
            />
          )}
        </Field>
      )}
      {list.error instanceof ApiFailure && <Refusal failure={list.error} />}
    </div>
  );
}
