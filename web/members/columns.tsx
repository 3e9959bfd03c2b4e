/** The columns of Members. What a click does is the page's. */
import { Link } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import type { Column } from "../components/data-table.tsx";
import { Badge } from "../components/state.tsx";
import { Time, useZone } from "../components/time.tsx";
import { Button, IconButton } from "../components/ui/button.tsx";
import { Menu, MenuItem, MenuLine } from "../components/ui/menu.tsx";
import { Gray } from "../components/unknown.tsx";
import { clock } from "../format/time.ts";
import { useConnection } from "../layout/connection.tsx";
import { memberWords as words } from "../text/members.ts";
import { WORD } from "../text/words.ts";
import { useEndSessions } from "./sessions.tsx";
import type { Member } from "./view.ts";

export type Doing = "rights" | "code" | "sessions" | "remove";
type Do = (what: Doing, member: Member) => void;

export function memberColumns(onDo: Do): Column<Member>[] {
  return [
    {
      id: "name",
      header: words.columns.name,
      width: 230,
      grow: true,
      fixed: true,
      card: "title",
      cell: (member) => <NameCell member={member} />,
      sub: (member) => member.email,
    },
    {
      id: "role",
      header: words.columns.role,
      width: 120,
      fixed: true,
      card: "line",
      cell: (member) => <RoleCell member={member} onDo={onDo} />,
    },
    {
      id: "sees",
      header: words.columns.sees,
      width: 150,
      grow: true,
      card: "none",
      cell: (member) => <SeesCell member={member} />,
    },
    {
      id: "second",
      header: words.columns.second,
      width: 120,
      card: "none",
      cell: (member) => <SecondCell member={member} />,
    },
    {
      id: "lastHere",
      header: words.columns.lastHere,
      width: 130,
      card: "line",
      cell: ({ lastSeenAt }) => (lastSeenAt ? <Time at={lastSeenAt} /> : words.never),
    },
    {
      id: "sessions",
      header: words.columns.sessions,
      width: 110,
      card: "none",
      cell: (member) => <SessionsCell member={member} onDo={onDo} />,
    },
    {
      id: "actions",
      header: words.columns.actions,
      width: 84,
      fixed: true,
      card: "state",
      cell: (member) => <ActionsCell member={member} onDo={onDo} />,
    },
  ];
}

/** Nothing is left to sign in with: an invitation that ran out, most often. */
const isShutOut = ({ you, role, hasPassword, passkeys, sso, invitation }: Member): boolean =>
  !you && role !== null && !hasPassword && passkeys === 0 && !sso && invitation === null;

function NameCell({ member }: { member: Member }) {
  const { name, you, invitation } = member;
  const timeZone = useZone();
  const until = invitation && clock(invitation.endsAt, { timeZone });
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="truncate">{name}</span>
      {you && <Gray>{words.you}</Gray>}
      {isShutOut(member) && <Gray>{words.noWayIn}</Gray>}
      {until && (
        <Gray>{invitation.kind === "join" ? words.invitedUntil(until) : words.codeUntil(until)}</Gray>
      )}
    </span>
  );
}

function RoleCell({ member, onDo }: { member: Member; onDo: Do }) {
  if (member.role !== null) return WORD.role[member.role];
  return (
    <Button small aria-label={words.giveRoleTo(member.name)} onClick={() => onDo("rights", member)}>
      {words.giveRole}
    </Button>
  );
}

/** Without a password there is none to ask for: the device, or the issuer, has made sure. */
function SecondCell({ member: { secondFactor, hasPassword, passkeys, sso } }: { member: Member }) {
  if (!hasPassword && passkeys > 0) return <Gray>{words.passkey}</Gray>;
  if (!hasPassword && sso) return <Gray>{words.sso}</Gray>;
  return <Badge tone={secondFactor ? "well" : "idle"}>{secondFactor ? words.on : words.off}</Badge>;
}

function SeesCell({ member: { role, connections: limit } }: { member: Member }) {
  const { connections } = useConnection();
  if (role === null) return words.nothingYet;
  if (limit === null) return words.all;
  const names = connections.filter(({ id }) => limit.includes(id)).map(({ name }) => name);
  return (
    <span className="block truncate" title={names.join(", ")}>
      {names.length === 0 ? words.sees(0) : names.join(", ")}
    </span>
  );
}

function SessionsCell({ member, onDo }: { member: Member; onDo: Do }) {
  const end = useEndSessions();
  if (member.sessions === 0) return 0;
  return (
    <span className="flex items-center gap-2">
      <button
        type="button"
        className="link font-medium"
        aria-label={words.showSessions(member.sessions, member.name)}
        onClick={() => onDo("sessions", member)}
      >
        {member.sessions}
      </button>
      {!member.you && (
        <Button
          small
          busy={end.isPending}
          aria-label={words.endOf(member.name)}
          onClick={() => end.mutate({ member })}
        >
          {words.end}
        </Button>
      )}
    </span>
  );
}

function ActionsCell({ member, onDo }: { member: Member; onDo: Do }) {
  const { menu } = words;
  const item = (what: Doing, danger = false) => (
    <MenuItem danger={danger} onSelect={() => onDo(what, member)}>
      {menu[what]}
    </MenuItem>
  );
  return (
    <Menu
      trigger={
        <IconButton small label={words.moreFor(member.name)}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      {item("rights")}
      {member.you ? (
        <MenuItem asChild>
          <Link to="/account">{menu.account}</Link>
        </MenuItem>
      ) : (
        member.role !== null && item("code")
      )}
      {item("sessions")}
      <MenuItem asChild>
        <Link to="/audit-trail" search={{ member: String(member.id) }}>
          {menu.trail}
        </Link>
      </MenuItem>
      <MenuLine />
      {item("remove", true)}
    </Menu>
  );
}
