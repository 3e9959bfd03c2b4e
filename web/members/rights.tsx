/** A member's role and connections: the fields, and the dialog that changes them. */
import { useState } from "react";
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import type { Role } from "../components/reader.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Checkbox, Choice } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useConnection } from "../layout/connection.tsx";
import { useSending } from "../sign-in/form.ts";
import { memberWords } from "../text/members.ts";
import { WORD } from "../text/words.ts";
import type { Member } from "./view.ts";

const words = memberWords.rights;
const ROLES = Object.keys(WORD.role) as Role[];

export interface Rights {
  role: Role;
  /** null: all. */
  connections: readonly number[] | null;
}

/** Limited to nothing that is there: nobody means that. */
export const lacksConnections = ({ role, connections }: Rights): boolean =>
  role !== "admin" && connections?.length === 0;

export function RightsFields({
  rights,
  onChange,
  tried,
}: {
  rights: Rights;
  onChange: (rights: Rights) => void;
  tried: boolean;
}) {
  const { connections } = useConnection();
  const chosen = rights.connections;
  return (
    <div className="grid gap-4">
      <Choice
        legend={words.legend}
        name="role"
        value={rights.role}
        onChange={(role) => onChange({ ...rights, role })}
        options={ROLES.map((role) => ({ value: role, label: WORD.role[role], text: words.roles[role] }))}
      />
      {rights.role === "admin" ? (
        <p className="text-dim">{words.admin}</p>
      ) : (
        <div className="grid gap-2">
          <Choice
            legend={words.connections}
            name="connections"
            value={chosen === null ? "all" : "some"}
            onChange={(which) => onChange({ ...rights, connections: which === "all" ? null : [] })}
            options={[
              { value: "all", label: words.all },
              { value: "some", label: words.some, disabled: connections.length === 0 },
            ]}
          />
          {chosen !== null && (
            <div className="grid gap-1.5 pl-3">
              {connections.map(({ id, name }) => (
                <Checkbox
                  key={id}
                  label={name}
                  checked={chosen.includes(id)}
                  onChange={(on) =>
                    onChange({
                      ...rights,
                      connections: connections
                        .map((each) => each.id)
                        .filter((each) => (each === id ? on : chosen.includes(each))),
                    })
                  }
                />
              ))}
            </div>
          )}
          {tried && lacksConnections(rights) && (
            <p role="alert" className="text-sm text-cant">
              {words.needSome}
            </p>
          )}
        </div>
      )}
    </div>
  );
}

export function RightsDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { connections } = useConnection();
  const [rights, setRights] = useState<Rights>({
    role: member.role ?? "viewer",
    // Those deleted since are left out: nobody can tick them.
    connections:
      member.connections?.filter((id) => connections.some((connection) => connection.id === id)) ?? null,
  });
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const save = async () => {
    setTried(true);
    if (lacksConnections(rights)) return;
    const { role } = rights;
    const limit = role === "admin" ? null : rights.connections;
    await send(async () => {
      await call("changeMember", {
        params: { member: member.id },
        body: { role, connections: limit && [...limit] },
      });
      await invalidate("listMembers", "listTokens");
      onClose();
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={member.role === null ? memberWords.giveRoleTo(member.name) : words.title(member.name)}
      text={words.at}
      foot={
        <>
          <Button onClick={onClose}>{memberWords.cancel}</Button>
          <Button look="solid" busy={busy} onClick={() => void save()}>
            {words.save}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <RightsFields rights={rights} onChange={setRights} tried={tried} />
        {failure && <Refusal failure={failure} />}
      </div>
    </Dialog>
  );
}
