/** After connecting: what is read, until the check mark; then one sentence of what was found. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, LoaderCircle, TriangleAlert } from "lucide-react";
import { asked } from "../../api/query.ts";
import { Button } from "../../components/ui/button.tsx";
import { date } from "../../format/time.ts";
import { connect as words } from "../../text/integrations.ts";
import { Progress } from "../progress.tsx";
import { linesOf } from "../progress-lines.ts";
import type { Connection } from "../troubles.ts";
import { useProgress } from "../use-progress.ts";

/** How often what was read before anybody followed is asked for. */
const READ_MS = 3_000;

export function FirstSync({ saved }: { saved: Connection }) {
  const c = String(saved.id);
  const { readings, idle } = useProgress(saved.id, true);
  const { data: connection = saved } = useQuery({
    ...asked("getConnection", { params: { c } }),
    refetchInterval: idle ? false : READ_MS,
  });
  const well = idle && connection.state === "connected";
  return (
    <div className="grid gap-4">
      <h3 className="flex items-center gap-2 text-lg" aria-live="polite">
        {!idle && <LoaderCircle aria-hidden className="size-5 text-link motion-safe:animate-spin" />}
        {idle && well && <CircleCheck aria-hidden className="size-6 text-well" />}
        {idle && !well && <TriangleAlert aria-hidden className="size-5 text-look" />}
        {idle ? (well ? words.connected : connection.stateText) : words.progressTitle}
        <span className="font-normal text-dim">{saved.name}</span>
      </h3>
      {idle && <Found c={c} timeZone={connection.settings.timeZone} />}
      <Progress readings={linesOf(connection, readings)} />
      {!idle && <p className="text-sm text-dim">{words.goesOn}</p>}
      <div className="flex flex-wrap gap-2">
        <Button look={well ? "solid" : "plain"} asChild>
          <Link to="/" search={{ c }}>
            {words.openDashboard}
          </Link>
        </Button>
        <Button look={idle && !well ? "solid" : "plain"} asChild>
          <Link to="/integrations/$connection" params={{ connection: c }}>
            {words.openConnection}
          </Link>
        </Button>
      </div>
    </div>
  );
}

/** `428 users, 9 Site Admins. Use known since 24 Oct.` */
function Found({ c, timeZone }: { c: string; timeZone: string }) {
  const { data } = useQuery(asked("overview", { params: { c } }));
  if (!data) return null;
  const { people, siteAdmins, stamp } = data;
  const users = people.active + people.deactivated + people.missing + people.serviceAccounts;
  const known = stamp.coverage[0]?.from;
  return (
    <p>
      {words.found(users, siteAdmins.total)}{" "}
      {known ? words.knownSince(date(known, { timeZone })) : words.noUse}
    </p>
  );
}
