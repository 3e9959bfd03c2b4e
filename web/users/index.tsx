/** Users: find a person, filter to a question, export the answer. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ActButtons, filterFrom } from "../actions/people.tsx";
import { SelectionBar, useMayAct, usePicks, useSelection } from "../actions/select.tsx";
import { addressOf } from "../api/client.ts";
import { fileColumns } from "../api/file-columns.ts";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { DataLine } from "../components/data-line.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Page } from "../components/page-header.tsx";
import { Partial } from "../components/states.tsx";
import { ViewsMenu } from "../components/views-menu.tsx";
import { number } from "../format/number.ts";
import { ExportMenu } from "../grants/export-menu.tsx";
import { isNotKnownThen, NotKnownThen } from "../grants/not-known-then.tsx";
import { NotRead } from "../grants/not-read.tsx";
import { type Search, useView } from "../search.ts";
import { usersWords as words } from "../text/users.ts";
import type { Connection, User } from "../text/words.ts";
import { nameOf, userName } from "../text/words.ts";
import { usersColumns } from "./columns.tsx";
import { ForConnection } from "./connection.tsx";
import { PRESETS, type Preset, presetIn, queryOf, usersFilters } from "./filter.ts";

export default function Users() {
  return (
    <ForConnection title={words.title}>{(connection) => <List connection={connection} />}</ForConnection>
  );
}

function List({ connection }: { connection: Connection }) {
  const [view] = useView();
  const c = String(connection.id);
  const columns = useMemo(() => usersColumns(connection.name), [connection.name]);
  const roles = useQuery({
    ...asked("listRoles", { params: { c }, query: { limit: 1000 } }),
    enabled: Boolean(view.role),
  });
  // The words of chips come from the rows themselves; what is asked needs none.
  const asking = usersFilters((_, id) => id);
  const query = queryOf(view, asking);
  const { found: users, behind } = useList("listUsers", { params: { c }, query });
  const everybody = useQuery(
    asked("listUsers", { params: { c }, query: { limit: 1, ...(view.asOf ? { asOf: view.asOf } : {}) } }),
  );
  const rows = rowsOf<"listUsers">(users.data);
  const mayAct = useMayAct(connection) && !view.asOf;
  const selection = useSelection(c, query);
  const picks = usePicks(columns, mayAct ? selection : null, keyOf, userName);
  const first = users.data?.pages[0];
  // Each row fits the filter: the first ones have the name as well as all of them.
  const filters = usersFilters((what, id) =>
    nameOf(nameAmong(what, id, first?.items ?? [], roles.data?.items ?? []), words.thing[what]),
  );
  if (isNotKnownThen(users.error)) {
    return (
      <Page title={words.title} data={<DataLine connection={connection} />}>
        <div className="card">
          <NotKnownThen error={users.error} />
        </div>
      </Page>
    );
  }
  return (
    <Page title={words.title} data={<DataLine connection={connection} />}>
      {view.unconfirmed && <p className="text-dim">{words.unconfirmedMeans}</p>}
      {view.asOf && view.sort && <Partial>{words.asOfOrder}</Partial>}
      {mayAct && (
        <SelectionBar selection={selection} total={first?.total ?? null}>
          <ActButtons
            small
            c={c}
            kinds={["deactivate", "reactivate", "revoke_to_basic"]}
            whom={selection.all ? { usersThatFit: filterFrom(query, LISTS) } : { users: [...selection.keys] }}
          />
        </SelectionBar>
      )}
      <DataTable
        label={words.title}
        one={words.one}
        many={words.many}
        columns={picks}
        rows={rows}
        rowKey={keyOf}
        query={users}
        behind={behind}
        total={first?.total ?? null}
        whole={everybody.data?.total ?? null}
        stamp={first?.stamp}
        filters={filters}
        search={words.searchHint}
        tools={<ViewsMenu page="users" presets={PRESET_VIEWS} preset={presetIn(view, filters)} />}
        actions={
          <ExportMenu
            address={(format) =>
              addressOf("exportUsers", {
                params: { c },
                query: { ...query, format, columns: fileColumns("users", columns, view.columns) },
              })
            }
          />
        }
        unknown={first?.stamp.listing === null && <NotRead stream="users" />}
        empty={{ text: <GoodNews c={c} shown={presetIn(view, filters)} /> }}
      />
    </Page>
  );
}

const keyOf = (user: User) => user.id;
/** Filters of users that take several words. */
const LISTS = ["status", "level", "license", "licenseType", "use"];

function nameAmong(
  what: "role" | "department" | "office",
  id: string,
  rows: readonly User[],
  roles: readonly { id: string; name: string | null }[],
): { id: string; name: string | null } {
  const all =
    what === "role"
      ? roles
      : rows.flatMap((user) => (what === "department" ? user.departments : user.offices));
  return all.find((each) => each.id === id) ?? { id, name: null };
}

const PRESET_VIEWS = (Object.keys(PRESETS) as Preset[]).map((id) => ({
  id,
  label: words.preset[id],
  search: PRESETS[id] as Search,
}));

/** Nobody unused is good news, as far as use is known: it says for how many. */
function GoodNews({ c, shown }: { c: string; shown: Preset | null }) {
  const { data } = useQuery({ ...asked("overview", { params: { c } }), enabled: shown === "unused" });
  if (shown !== "unused" || !data) return null;
  return <>{words.noUnused(number(data.use.of - data.use.unknown))}</>;
}
