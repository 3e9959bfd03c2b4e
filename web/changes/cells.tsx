/** What the cells of a change hold. */
import { Link } from "@tanstack/react-router";
import { Time, useZone } from "../components/time.tsx";
import { clock, date } from "../format/time.ts";
import { useView } from "../search.ts";
import { changeWords as words } from "../text/changes.ts";
import { type Change, userName } from "../text/words.ts";
import { fieldsOf } from "./values.ts";

interface Cell {
  change: Change;
}

/** The two listings between which it was seen. */
export function SeenCell({ change: { between } }: Cell) {
  if (between.from === null) {
    return (
      <span className="whitespace-nowrap">
        {words.seenBefore} <Time at={between.to} as="clock" />
      </span>
    );
  }
  // Two listings within a minute read the same.
  if (clock(between.from) === clock(between.to)) {
    return (
      <span className="whitespace-nowrap">
        {words.at} <Time at={between.to} as="clock" />
      </span>
    );
  }
  return (
    <span className="whitespace-nowrap">
      {words.between} <Time at={between.from} as="clock" /> {words.and} <Time at={between.to} as="clock" />
    </span>
  );
}

/** The moment, where an event tells it; the event is one click away. */
export function HappenedCell({ change: { happenedAt, eventId } }: Cell) {
  const [view] = useView();
  if (happenedAt === null) return <span className="text-idle">{words.happenedNotTold}</span>;
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <Time at={happenedAt} as="clock" />
      {eventId && (
        <Link to="/events" search={{ c: view.c, event: eventId }} className="link text-sm">
          {words.openEvent}
        </Link>
      )}
    </span>
  );
}

export function UserCell({ change: { user } }: Cell) {
  const [view] = useView();
  if (user === null) return <span className="text-idle">{words.nobody}</span>;
  return (
    <Link to="/users/$user" params={{ user: user.id }} search={{ c: view.c }} className="link">
      {userName(user)}
    </Link>
  );
}

export function ValuesCell({ change, side }: Cell & { side: "before" | "after" }) {
  const timeZone = useZone();
  const fields = fieldsOf(change[side], change, (ms) => date(new Date(ms).toISOString(), { timeZone }));
  if (fields === null) {
    const absent = change.kind === "baseline" ? words.notReadBefore : words.notThere;
    return <span className="text-idle">{side === "before" ? absent : words.gone}</span>;
  }
  if (fields.length === 0) return <span className="text-idle">{words.there}</span>;
  const text = fields.map(({ name, value }) => `${name}: ${value}`).join(", ");
  return (
    <span className="block truncate" title={text}>
      {fields.map(({ name, value }, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <span className="text-dim">{name}</span> {value}
        </span>
      ))}
    </span>
  );
}

export function RunCell({ change: { runId } }: Cell) {
  const [view] = useView();
  return (
    <Link
      to="/changes"
      search={{ c: view.c, run: String(runId) }}
      className="link"
      aria-label={words.openRun(runId)}
    >
      {runId}
    </Link>
  );
}
