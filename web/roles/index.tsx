/** Roles and grants by role: who holds each, and how many grants name it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { addressOf } from "../api/client.ts";
import { type FiledColumn, fileColumns } from "../api/file-columns.ts";
import { asked, type Row, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { CountLink } from "../components/count-link.tsx";
import { DataTable } from "../components/data-table.tsx";
import { type Filter, filtersOf } from "../components/table-view.ts";
import { Time } from "../components/time.tsx";
import { Unknown } from "../components/unknown.tsx";
import { ViewsMenu } from "../components/views-menu.tsx";
import { ExportMenu } from "../grants/export-menu.tsx";
import { isNotKnownThen, NotKnownThen } from "../grants/not-known-then.tsx";
import { NotRead } from "../grants/not-read.tsx";
import { OfConnection } from "../grants/of-connection.tsx";
import { Ways } from "../grants/ways.tsx";
import { streamOf } from "../integrations/troubles.ts";
import { useView } from "../search.ts";
import { grantWords } from "../text/grants.ts";
import { type Connection, nameOf } from "../text/words.ts";

type Role = Row<"listRoles">;
const { roleColumns: words } = grantWords;
/** Of Greenhouse's own role for them. */
const SITE_ADMIN = "site_admin";
const SITE_ADMINS = { status: "active", serviceAccounts: "exclude", level: "site_admin" };
const FILTERS: Filter[] = [
  { key: "inList", label: grantWords.filters.inList, flag: true },
  { key: "asOf", label: grantWords.filters.asOf, input: "date" },
];

const COLUMNS: FiledColumn<Role, "roles">[] = [
  {
    id: "name",
    header: words.name,
    width: 240,
    grow: true,
    fixed: true,
    card: "title",
    cell: (role) => <RoleLink role={role} />,
  },
  { id: "type", header: words.type, width: 210, card: "line", cell: (role) => typeText(role) },
  {
    id: "users",
    header: words.users,
    width: 110,
    number: true,
    card: "line",
    cell: ({ id, type, users, grants }) =>
      users === null ? (
        <NotCounted siteAdmins={type === SITE_ADMIN} />
      ) : grants === "all jobs" ? (
        <CountLink count={users} label={grantWords.siteAdmins} to="/users" search={SITE_ADMINS} />
      ) : (
        <CountLink count={users} label={words.users} to="/users" search={{ role: id }} />
      ),
  },
  {
    id: "grants",
    header: words.grants,
    width: 110,
    number: true,
    card: "state",
    cell: ({ id, grants }) =>
      grants === "all jobs" ? (
        <Unknown why={grantWords.needNoneWhy}>{grantWords.needNone}</Unknown>
      ) : grants === null ? (
        <NotCounted />
      ) : (
        <CountLink count={grants} label={words.grants} to="/grants" search={{ role: id }} />
      ),
  },
  {
    id: "firstSeen",
    header: words.firstSeen,
    width: 140,
    cell: ({ firstSeenAt }) => (firstSeenAt === null ? <NeverSeen /> : <Time at={firstSeenAt} as="date" />),
  },
  { id: "id", header: words.id, width: 140, optional: true, cell: ({ id }) => id },
];

const rowKey = ({ id }: Role) => id;
const typeText = ({ type }: Role) =>
  type === null ? grantWords.roleNotTold : (grantWords.roleTypes[type] ?? type.replaceAll("_", " "));

function NotCounted({ siteAdmins = false }: { siteAdmins?: boolean }) {
  const [{ asOf }] = useView();
  const then = siteAdmins ? grantWords.siteAdminsThen : grantWords.notThen;
  return <Unknown why={asOf ? then : grantWords.grantsNotRead} />;
}

function NeverSeen() {
  const [{ asOf }] = useView();
  return <Unknown why={asOf ? grantWords.firstSeenThen : grantWords.neverListed} />;
}

function RoleLink({ role }: { role: Role }) {
  const [{ c, asOf }] = useView();
  return (
    <Link to="/grants" search={{ c, asOf, role: role.id }} className="link">
      {nameOf(role, grantWords.columns.role)}
    </Link>
  );
}

export default function RolesPage() {
  return (
    <OfConnection title={grantWords.title}>{(connection) => <Roles connection={connection} />}</OfConnection>
  );
}

function Roles({ connection }: { connection: Connection }) {
  const c = String(connection.id);
  const unread = streamOf(connection, "roles")?.lastSuccessAt == null;
  const [view] = useView();
  const { search, asOf } = view;
  const narrowed = Boolean(search || view.inList);
  const params = { c };
  const query = { search, ...filtersOf(view, FILTERS) };
  const { found, behind } = useList("listRoles", { params, query });
  const all = useQuery({
    ...asked("listRoles", { params, query: { limit: 1, asOf } }),
    enabled: narrowed,
  });
  return (
    <>
      <Ways shown="role" />
      {isNotKnownThen(found.error) ? (
        <NotKnownThen error={found.error} />
      ) : (
        <DataTable
          label={grantWords.views.role}
          {...grantWords.rows.roles}
          columns={COLUMNS}
          rows={rowsOf<"listRoles">(found.data)}
          rowKey={rowKey}
          query={found}
          behind={behind}
          total={found.data?.pages[0]?.total}
          whole={narrowed ? all.data?.total : undefined}
          stamp={found.data?.pages[0]?.stamp}
          listing="roles"
          filters={FILTERS}
          search={grantWords.filters.search}
          tools={<ViewsMenu page="roles" />}
          actions={
            <ExportMenu
              address={(format) =>
                addressOf("exportRoles", {
                  params,
                  query: { ...query, format, columns: fileColumns("roles", COLUMNS, view.columns) },
                })
              }
            />
          }
          unknown={unread && <NotRead stream="roles" />}
          empty={{ title: narrowed ? grantWords.noRoleFits : grantWords.noRoles }}
        />
      )}
      <p className="text-sm text-dim">{grantWords.notTold}</p>
    </>
  );
}
