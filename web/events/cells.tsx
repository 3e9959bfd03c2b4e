/** What the cells of an event hold. */
import { Link } from "@tanstack/react-router";
import { useView } from "../search.ts";
import { eventWords as words } from "../text/events.ts";
import type { ActivityEvent } from "../text/words.ts";
import { noFilter, whatOf, whoOf } from "./view.ts";

interface Cell {
  event: ActivityEvent;
}

export function WhoCell({ event }: Cell) {
  const [view] = useView();
  if (!event.user) return <>{whoOf(event)}</>;
  return (
    <Link to="/users/$user" params={{ user: event.user.id }} search={{ c: view.c }} className="link">
      {whoOf(event)}
    </Link>
  );
}

/** Greenhouse's label; the raw type and all the rest behind it. */
export function WhatCell({ event }: Cell) {
  const [, change] = useView();
  return (
    <button
      type="button"
      className="link max-w-full truncate text-left"
      title={event.type ?? undefined}
      onClick={() => change({ event: event.id })}
    >
      {whatOf(event)}
    </button>
  );
}

export function TargetCell({ event: { targetType, targetId } }: Cell) {
  const [view] = useView();
  if (targetId === null) return <span className="text-idle">{words.noTarget}</span>;
  return (
    <span title={targetId}>
      {targetType && <span className="text-dim">{targetType}</span>}{" "}
      <Target type={targetType} id={targetId} c={view.c} />
    </span>
  );
}

/** Of a user the number leads to the person. */
export function Target({ type, id, c }: { type: string | null; id: string; c: string | undefined }) {
  if (type !== "User") return <>{id}</>;
  return (
    <Link to="/users/$user" params={{ user: id }} search={{ c }} className="link">
      {id}
    </Link>
  );
}

/** Leads to all events of the request. */
export function RequestCell({ event: { requestId, requestType } }: Cell) {
  const [view] = useView();
  const text = requestType ?? requestId;
  if (text === null) return <span className="text-idle">{words.noRequest}</span>;
  if (requestId === null) return <span className="block truncate">{text}</span>;
  return (
    <Link
      to="/events"
      search={{ ...noFilter, c: view.c, requestId }}
      className="link block truncate"
      title={words.request.all}
    >
      {text}
    </Link>
  );
}
