/** Why a list holds nothing: it could not be read, or was not yet. What to do stands on the connection's page. */
import { Link } from "@tanstack/react-router";
import { causeOf, streamOf } from "../integrations/troubles.ts";
import { useConnection } from "../layout/connection.tsx";
import { integrations } from "../text/integrations.ts";
import { STREAM, type StreamName } from "../text/words.ts";

export function NotRead({ stream }: { stream: StreamName }) {
  const { connection } = useConnection();
  const verdict = connection ? streamOf(connection, stream) : undefined;
  if (!connection) return null;
  return (
    <>
      {verdict?.text ? causeOf(verdict) : `${STREAM[stream]}: ${integrations.notReadYet}.`}{" "}
      <Link
        to="/integrations/$connection"
        params={{ connection: String(connection.id) }}
        hash={verdict?.cause ? `verdict-${stream}` : undefined}
        className="link whitespace-nowrap"
      >
        {integrations.whatToDo}
      </Link>
    </>
  );
}
