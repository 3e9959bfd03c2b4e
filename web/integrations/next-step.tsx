/** The button that does what a verdict's cure says first; where it isn't ours to do, the way to read about it. */
import { Link } from "@tanstack/react-router";
import { Button } from "../components/ui/button.tsx";
import { say } from "../components/ui/toast.tsx";
import { NEXT_STEP } from "../text/integrations.ts";
import type { Role } from "./tile.tsx";
import { type Connection, type Step, stepOf, type Verdict } from "./troubles.ts";
import { useAccept, useSync, useUpdate } from "./use-actions.ts";

/** Which dialog of the connection's page a step opens. */
const OPENS: Partial<Record<Step, string>> = { credential: "credential", adminUser: "admin", test: "test" };
const NEEDS: Record<Step, Role> = {
  credential: "admin",
  adminUser: "admin",
  test: "operator",
  withoutUsage: "admin",
  usageOn: "admin",
  check: "operator",
  accept: "operator",
  sync: "operator",
  open: "viewer",
};
const RANK: Role[] = ["viewer", "operator", "admin"];

export function NextStep({
  connection,
  verdict,
  role,
  wanted = stepOf(verdict),
}: {
  connection: Connection;
  verdict: Verdict;
  role: Role;
  wanted?: Step | null;
}) {
  const sync = useSync(connection.id);
  const update = useUpdate(connection.id);
  const accept = useAccept(connection.id);
  const { absent } = verdict.facts;
  const may = wanted && RANK.indexOf(role) >= RANK.indexOf(NEEDS[wanted]) ? wanted : "open";
  const step = may === "accept" && typeof absent !== "number" ? "open" : may;
  const opens = OPENS[step];
  const params = { connection: String(connection.id) };

  if (opens || step === "open") {
    return (
      <Button asChild>
        <Link
          to="/integrations/$connection"
          params={params}
          search={opens ? { do: opens } : {}}
          {...(opens ? {} : { hash: `verdict-${verdict.stream}` })}
        >
          {NEXT_STEP[step]}
        </Link>
      </Button>
    );
  }
  const act = () => {
    if (step === "accept") return accept.mutate({ stream: verdict.stream, rowsAbsent: Number(absent) });
    if (step === "sync") return sync.mutate({});
    if (step === "check") return sync.mutate({ streams: [verdict.stream] });
    const others = connection.settings.off.filter((each) => each !== "audit_log");
    update.mutate(
      { settings: { off: step === "withoutUsage" ? [...others, "audit_log"] : others } },
      { onError: (error) => say(error.message, "cant") },
    );
  };
  return (
    <Button busy={sync.isPending || update.isPending || accept.isPending} onClick={act}>
      {NEXT_STEP[step]}
    </Button>
  );
}
