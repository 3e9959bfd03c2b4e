/** The columns of the list of users: those always there, and those to pick. */
import type { FiledColumn } from "../api/file-columns.ts";
import { StatusBadge } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { NotGiven, Unknown } from "../components/unknown.tsx";
import { usersWords as words } from "../text/users.ts";
import type { User } from "../text/words.ts";
import { Confirmed, Days, Grants, LastUsed, LevelWhy, License, Name, Names, Roles, Text } from "./cells.tsx";

const header = words.column;
const time = (at: string | null) => (at ? <Time at={at} as="date" /> : <NotGiven />);

type Column = FiledColumn<User, "users">;

/** @param connection its name, for the column that says it */
export function usersColumns(connection: string): Column[] {
  return [
    {
      id: "name",
      header: header.name,
      width: 140,
      grow: true,
      fixed: true,
      sort: "name",
      usual: true,
      card: "title",
      cell: (user) => <Name user={user} />,
      sub: (user) => user.email ?? words.noEmail,
    },
    {
      id: "status",
      header: header.status,
      width: 120,
      card: "state",
      cell: (user) => <StatusBadge status={user.status} />,
    },
    { id: "level", header: header.level, width: 118, card: "line", cell: (user) => <LevelWhy user={user} /> },
    { id: "roles", header: header.roles, width: 100, card: "none", cell: (user) => <Roles user={user} /> },
    {
      id: "license",
      header: header.license,
      // `Never used since 27 Oct`: never without its date.
      width: 190,
      card: "none",
      cell: (user) => <License user={user} />,
    },
    {
      id: "lastUsed",
      header: header.lastUsed,
      width: 164,
      sort: "lastUsed",
      card: "line",
      cell: (user) => <LastUsed user={user} />,
    },
    {
      id: "days",
      header: header.days,
      hint: words.daysHint,
      width: 80,
      number: true,
      card: "none",
      cell: (user) => <Days user={user} />,
    },
    {
      id: "grants",
      header: header.grants,
      hint: words.grantsHint,
      width: 92,
      number: true,
      sort: "grants",
      card: "none",
      cell: (user) => <Grants user={user} />,
    },
    ...optional(connection),
  ];
}

function optional(connection: string): Column[] {
  const column = (id: keyof typeof header, width: number, cell: Column["cell"]): Column => ({
    id,
    header: header[id],
    width,
    optional: true,
    card: "none",
    cell,
  });
  return [
    column("departments", 180, (user) => <Names all={user.departments} what={words.thing.department} />),
    column("offices", 160, (user) => <Names all={user.offices} what={words.thing.office} />),
    column("jobTitle", 180, (user) => <Text value={user.jobTitle} />),
    column("employeeId", 110, (user) => <Text value={user.employeeId} />),
    column("agency", 80, (user) => (user.agency ? words.yes : words.noWord)),
    column("emailConfirmed", 150, (user) => <Confirmed user={user} />),
    { ...column("created", 110, (user) => time(user.createdAt)), sort: "created" },
    column("updated", 120, (user) => time(user.updatedAt)),
    column("firstSeen", 110, (user) => time(user.firstSeenAt)),
    column("lastSeen", 120, (user) =>
      user.lastSeenAt ? <Time at={user.lastSeenAt} /> : <Unknown why={words.lastSeenUnknown} />,
    ),
    column("id", 160, (user) => user.id),
    column("connection", 130, () => connection),
    column("licenseReason", 200, (user) => user.license.reason),
  ];
}
