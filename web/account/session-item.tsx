/** One session: the device, since when, how long; and its end. */
import { Laptop } from "lucide-react";
import type { Answer } from "../api/client.ts";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Gray } from "../components/unknown.tsx";
import { account } from "../text/account.ts";
import { deviceOf } from "./device.ts";

const words = account.sessions;
export type Session = Answer<"listSessions">["items"][number];

export function SessionItem({
  session,
  busy,
  onEnd,
}: {
  session: Session;
  busy: boolean;
  onEnd: () => void;
}) {
  const device = deviceOf(session.agent);
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Laptop aria-hidden className="size-5 shrink-0 text-dim" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 break-words" title={session.agent ?? undefined}>
            {device}
          </span>
          {session.current && <Gray>{words.here}</Gray>}
          {session.ip && <span className="text-sm text-dim">{session.ip}</span>}
        </p>
        <p className="flex flex-wrap gap-x-1.5 text-sm text-dim">
          <span>
            {words.seen} <Time at={session.lastSeenAt} />
          </span>
          <span aria-hidden>·</span>
          <span>
            {words.since} <Time at={session.createdAt} as="clock" />
          </span>
          <span aria-hidden>·</span>
          <span>
            {words.ends} <Time at={session.endsAt} as="clock" />
          </span>
        </p>
      </div>
      {!session.current && (
        <Button small disabled={busy} aria-label={words.endThis(device)} onClick={onEnd}>
          {words.end}
        </Button>
      )}
    </li>
  );
}
