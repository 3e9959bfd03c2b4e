/** The stored credential and the one that shall replace it: what they are, whom they act as, and what each may read. */
import { useQuery } from "@tanstack/react-query";
import { Check, Circle, CircleDashed, Loader, Minus, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { asked } from "../api/query.ts";
import type { Draft } from "../integrations/connect/draft.ts";
import { adminUserOf } from "../integrations/paste.ts";
import type { Connection, Verdict } from "../integrations/troubles.ts";
import type { ShownStep, Testing } from "../integrations/use-test.ts";
import { connection as words } from "../text/connection.ts";
import { STREAM, WORD } from "../text/words.ts";

type Given = Pick<Draft, "kind" | "clientId" | "secret" | "adminUser">;

export function SideBySide({
  connection,
  draft,
  testing,
}: {
  connection: Connection;
  draft: Given;
  testing: Testing;
}) {
  const { data: now } = useQuery(asked("credentialInUse", { params: { c: String(connection.id) } }));
  const permission = WORD.permission[connection.permissionType];
  const frozen = connection.frozenAt !== null;
  const rows: [string, ReactNode, ReactNode][] = [
    [
      words.sideKind,
      frozen ? words.destroyed : WORD.credential[connection.credentialKind],
      WORD.credential[draft.kind],
    ],
    [words.sideClient, now && clientNow(now), clientGiven(draft)],
    [
      words.sideAdmin,
      actsAs(connection, connection.adminUserId),
      actsAs(connection, adminUserOf(draft.adminUser) || null),
    ],
    [words.sidePermission, permission, words.sameAsNow(permission)],
  ];
  return (
    <table className="w-full table-fixed text-left text-sm">
      <caption className="eyebrow mb-1 text-left">{words.side}</caption>
      <thead className="text-dim">
        <tr>
          <td className="w-2/6" />
          {[words.old, words.fresh].map((head) => (
            <th key={head} scope="col" className={`${CELL} font-medium`}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y border-y">
        {rows.map(([label, old, fresh]) => (
          <Row key={label} label={label} old={old} fresh={fresh} />
        ))}
      </tbody>
      <tbody className="divide-y border-b">
        <tr>
          <th scope="rowgroup" colSpan={3} className={`${CELL} pt-3 font-medium text-dim`}>
            {words.sideReads}
          </th>
        </tr>
        {connection.streams.map((verdict) => (
          <Row
            key={verdict.stream}
            label={STREAM[verdict.stream]}
            old={readsNow(verdict)}
            fresh={readsThen(verdict.stream, draft.kind, testing)}
          />
        ))}
        {connection.credentialKind === "harvest_v1" && draft.kind === "harvest_v3" && (
          <Row label={STREAM[ONLY_V3]} old={words.notPart} fresh={readsThen(ONLY_V3, draft.kind, testing)} />
        )}
      </tbody>
    </table>
  );
}

/** v1 tells a user's addresses with the user. */
const ONLY_V3 = "user_emails";
const CELL = "py-1.5 pr-3 align-top";

function Row({ label, old, fresh }: { label: string; old: ReactNode; fresh: ReactNode }) {
  return (
    <tr>
      <th scope="row" className={`${CELL} font-normal text-dim`}>
        {label}
      </th>
      <td className={`${CELL} break-words`}>{old}</td>
      <td className={`${CELL} break-words`}>{fresh}</td>
    </tr>
  );
}

interface InUse {
  kind: Draft["kind"];
  state: "present" | "destroyed" | "locked";
  clientIdEnds: string | null;
}
function clientNow({ kind, state, clientIdEnds }: InUse): string {
  if (state === "destroyed") return words.destroyed;
  if (kind === "harvest_v1") return words.noClient;
  return clientIdEnds === null ? words.clientLocked : `····${clientIdEnds}`;
}

function clientGiven({ kind, clientId }: Given): string {
  if (kind === "harvest_v1") return words.noClient;
  const given = clientId.trim();
  return given === "" ? words.nothingYet : `····${given.slice(-4)}`;
}

function actsAs({ adminUserId, adminUserName }: Connection, id: string | null): string {
  if (id === null) return words.noAdmin;
  return (id === adminUserId && adminUserName) || words.user(id);
}

const SIGN = {
  yes: <Check className="text-well" />,
  off: <Circle className="text-idle" />,
  stopped: <TriangleAlert className="text-look" />,
  unknown: <CircleDashed className="text-idle" />,
} as const;

/** Why a stream stands still though the credential may read it. */
const READABLE: ReadonlySet<NonNullable<Verdict["cause"]>> = new Set([
  "listing_held",
  "behind",
  "records_unreadable",
  "audit_log_empty",
  "audit_log_no_people",
]);

function readsNow(verdict: Verdict): ReactNode {
  const known = knownOf(verdict);
  return <Sign icon={SIGN[known]} text={words.readsNow[known]} />;
}

function knownOf({ state, cause, lastSuccessAt }: Verdict): keyof typeof SIGN {
  if (state === "off" && cause !== "switched_off") return "off";
  if (state === "stopped" && !(cause !== null && READABLE.has(cause))) return "stopped";
  return lastSuccessAt === null ? "unknown" : "yes";
}

const TESTED: Record<ShownStep["state"] | "waiting", ReactNode> = {
  waiting: <CircleDashed className="text-idle" />,
  asking: <Loader className="text-link motion-safe:animate-spin" />,
  well: <Check className="text-well" />,
  off: <Circle className="text-idle" />,
  failed: <TriangleAlert className="text-look" />,
  skipped: <Minus className="text-idle" />,
};

function readsThen(stream: Verdict["stream"], kind: Draft["kind"], testing: Testing): ReactNode {
  if (kind === "harvest_v1" && stream === ONLY_V3) return words.notPart;
  const step = testing.steps.find((each) => each.step === stream);
  if (!step && testing.state !== "running") return <span className="text-dim">{words.notTested}</span>;
  const state = step?.state ?? "waiting";
  return <Sign icon={TESTED[state]} text={words.tested[state]} />;
}

function Sign({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <span className="flex items-start gap-1.5">
      <span aria-hidden className="mt-0.5 [&>svg]:size-4">
        {icon}
      </span>
      {text}
    </span>
  );
}
