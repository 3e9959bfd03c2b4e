/** Roles and grants: by user, and by job with everybody who can see it. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ActButtons, filterFrom } from "../actions/people.tsx";
import { SelectionBar, useMayAct, usePicks, useSelection } from "../actions/select.tsx";
import { addressOf } from "../api/client.ts";
import { fileColumns } from "../api/file-columns.ts";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { DataTable } from "../components/data-table.tsx";
import { filtersOf } from "../components/table-view.ts";
import { ViewsMenu } from "../components/views-menu.tsx";
import { useView } from "../search.ts";
import { grantWords as words } from "../text/grants.ts";
import { type Connection, type Grant, nameOf, userName } from "../text/words.ts";
import { GRANT_COLUMNS } from "./columns.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { isNotKnownThen, NotKnownThen } from "./not-known-then.tsx";
import { NotRead } from "./not-read.tsx";
import { OfConnection } from "./of-connection.tsx";
import { PickJob } from "./pick-job.tsx";
import { Presets } from "./presets.tsx";
import { grantFilters, isNarrowed, isShown, PRESETS } from "./view.ts";
import { Ways } from "./ways.tsx";

export default function GrantsPage() {
  return <OfConnection title={words.title}>{(connection) => <Shown connection={connection} />}</OfConnection>;
}

function Shown({ connection }: { connection: Connection }) {
  const c = String(connection.id);
  const [view] = useView();
  const picking = view.by === "job" && !view.job;
  return (
    <>
      <Ways shown={picking || view.job ? "job" : "user"} />
      {picking ? <PickJob c={c} /> : <Grants key={view.job} connection={connection} />}
      <p className="text-sm text-dim">{words.notTold}</p>
    </>
  );
}

function Grants({ connection }: { connection: Connection }) {
  const c = String(connection.id);
  const [view] = useView();
  const params = { c };
  const roles = useQuery(asked("listRoles", { params, query: { limit: 1000 } })).data?.items ?? [];
  const query = filtersOf(view, grantFilters({ roles, grants: [], job: null }));
  const { found, behind } = useList("listGrants", { params, query });
  const rows = rowsOf<"listGrants">(found.data);
  const first = found.data?.pages[0];
  // Before those who hold a grant on it stand Site Admins, who may be many.
  const seen = useMemo(() => rows.find(({ job }) => job?.id === view.job)?.job, [rows, view.job]);
  const job = view.job ? (seen ?? null) : undefined;
  const filters = grantFilters({ roles, grants: first?.items ?? [], job: job ?? null });
  const { asOf } = view;
  const mayAct = useMayAct(connection) && !asOf;
  const selection = useSelection(c, query);
  const picks = usePicks(GRANT_COLUMNS, mayAct ? selection : null, grantKey, nameOfGrant);
  const all = useQuery(asked("listGrants", { params, query: { limit: 1, asOf } }));
  if (isNotKnownThen(found.error)) return <NotKnownThen error={found.error} />;
  return (
    <>
      {job !== undefined && (
        <h2>{words.openJob(job === null ? words.job(view.job!) : nameOf(job, words.columns.job))}</h2>
      )}
      {job?.confidential && <p>{words.confidentialJob}</p>}
      {job === undefined && <Presets c={c} />}
      {mayAct && (
        <SelectionBar selection={selection} total={first?.total ?? null}>
          <ActButtons
            small
            c={c}
            kinds={["remove_grants"]}
            whom={
              selection.all
                ? { grantsThatFit: filterFrom(query, LISTS) }
                : { grants: [...selection.keys].map(grantFrom) }
            }
          />
        </SelectionBar>
      )}
      <DataTable
        label={words.title}
        {...(job === undefined ? words.rows.grants : words.rows.ways)}
        columns={picks}
        rows={rows}
        rowKey={rowKey}
        query={found}
        behind={behind}
        total={first?.total}
        whole={job === undefined ? all.data?.total : undefined}
        stamp={first?.stamp}
        listing="grants"
        filters={filters}
        tools={<ViewsMenu page="grants" />}
        actions={
          <ExportMenu
            address={(format) =>
              addressOf("exportGrants", {
                params,
                query: { ...query, format, columns: fileColumns("grants", GRANT_COLUMNS, view.columns) },
              })
            }
          />
        }
        empty={{ title: emptyText(view) }}
        unknown={first?.stamp.grantsListing === null && <NotRead stream="job_grants" />}
      />
    </>
  );
}

/** Filters of grants that take several words. */
const LISTS = ["kind", "made", "jobStatus", "userStatus"];
const rowKey = ({ kind, id, user }: Grant) => `${kind} ${id ?? user.id}`;
/** A Site Admin holds no grant that could be removed. */
const grantKey = ({ kind, id }: Grant) => (id === null ? null : `${kind} ${id}`);
const nameOfGrant = ({ user, role, job }: Grant) =>
  [userName(user), role && nameOf(role, words.columns.role), job && nameOf(job, words.columns.job)]
    .filter(Boolean)
    .join(", ");
function grantFrom(key: string): { kind: "job" | "future_job"; id: string } {
  const [kind, id] = key.split(" ") as ["job" | "future_job", string];
  return { kind, id };
}

/** Zero that is good news says so. */
function emptyText(view: Record<string, string | undefined>): string {
  if (view.job) return words.nobodySees;
  if (!isNarrowed(view)) return words.empty;
  if (isShown(view, PRESETS.closed)) return words.emptyClosed;
  if (isShown(view, PRESETS.deactivated)) return words.emptyDeactivated;
  if (isShown(view, PRESETS.agency)) return words.emptyAgency;
  return words.emptyOfFilter;
}
