/** Listings that lost too many rows to be believed at once. */
import { useQuery } from "@tanstack/react-query";
import { asked } from "../api/query.ts";
import { Partial } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { number } from "../format/number.ts";
import type { Role } from "../integrations/tile.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { useAccept } from "../integrations/use-actions.ts";
import { connection as words } from "../text/connection.ts";
import { NEXT_STEP } from "../text/integrations.ts";
import { STREAM } from "../text/words.ts";

function heldText(frozen: boolean, needsPerson: boolean): string {
  if (frozen) return words.heldFrozen;
  return needsPerson ? words.heldPerson : words.heldWaits;
}

export function Held({ connection, role }: { connection: Connection; role: Role }) {
  const { data } = useQuery(asked("held", { params: { c: String(connection.id) } }));
  const accept = useAccept(connection.id);
  return data?.items.map((held) => (
    <Partial
      key={held.stream}
      action={
        role !== "viewer" &&
        connection.frozenAt === null && (
          <Button small busy={accept.isPending} onClick={() => accept.mutate(held)}>
            {NEXT_STEP.accept}
          </Button>
        )
      }
    >
      {words.held(STREAM[held.stream], number(held.rowsAbsent), number(held.rowsBefore))}{" "}
      {heldText(connection.frozenAt !== null, held.needsPerson)}
    </Partial>
  ));
}
