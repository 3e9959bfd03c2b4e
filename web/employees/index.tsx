/** Employees: who has left and is still active, who is in doubt, who is no employee; and the directory behind it. */
import { useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { Fragment, useMemo, useState } from "react";
import { EMPLOYEE_LIST_WORD, LISTS_TO_ACT_ON, NO_EMPLOYEE_WORD } from "../../src/model/words.ts";
import { ActButtons, filterFrom } from "../actions/people.tsx";
import { SelectionBar, useMayAct, usePicks, useSelection } from "../actions/select.tsx";
import { type Answer, addressOf } from "../api/client.ts";
import { fileColumns } from "../api/file-columns.ts";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { CountLink } from "../components/count-link.tsx";
import { DataLine } from "../components/data-line.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Page } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { Empty, Failed, Loading } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Tabs } from "../components/ui/tabs.tsx";
import { ViewsMenu } from "../components/views-menu.tsx";
import { number } from "../format/number.ts";
import { utc } from "../format/time.ts";
import { ExportMenu } from "../grants/export-menu.tsx";
import { NotRead } from "../grants/not-read.tsx";
import { useView } from "../search.ts";
import { employeeWords as words } from "../text/employees.ts";
import { type Connection, userName } from "../text/words.ts";
import { ForConnection } from "../users/connection.tsx";
import { columnsOf } from "./columns.tsx";
import { Domains } from "./domains.tsx";
import { ImportDialog } from "./import/index.tsx";
import { LinkDialog, type Linked } from "./link.tsx";
import { Removal } from "./removal.tsx";
import {
  type EmployeeRow,
  filtersFor,
  isOfEmployees,
  KINDS,
  LISTS,
  type ListName,
  listIn,
  queryOf,
} from "./view.ts";

export default function Employees() {
  return (
    <ForConnection title={words.title}>{(connection) => <Shown connection={connection} />}</ForConnection>
  );
}

type Summary = Answer<"employeeSummary">;

function Shown({ connection }: { connection: Connection }) {
  const c = String(connection.id);
  const reader = useReader();
  const [view, change] = useView();
  const { data, error, refetch } = useQuery(asked("employeeSummary", { params: { c } }));
  // A list that this reader doesn't have is not shown empty.
  const list = data?.lists[listIn(view)] === null ? "left_active" : listIn(view);
  const importing = view.import !== undefined && reader.may("admin");
  const openImport = (open: boolean) => change({ import: open ? "csv" : undefined }, { replace: !open });
  const nothing = data?.directory?.employees === 0;
  return (
    <Page
      title={words.title}
      data={<DataLine connection={connection} />}
      sub={data && !nothing && <Directory summary={data} />}
      actions={
        reader.may("admin") && (
          <>
            {!nothing && data && <Domains domains={data.domains} />}
            <Button look={nothing ? "plain" : "solid"} onClick={() => openImport(true)}>
              <Upload aria-hidden /> {words.import}
            </Button>
          </>
        )
      }
    >
      {!data &&
        (error ? (
          <Failed error={error} retry={() => void refetch()} what={words.thing} />
        ) : (
          <Loading rows={10} />
        ))}
      {nothing && (
        <div className="card">
          <Empty
            title={words.start}
            action={
              reader.may("admin") && (
                <Button look="solid" onClick={() => openImport(true)}>
                  {words.import}
                </Button>
              )
            }
          >
            <p>{words.startText}</p>
            {!reader.may("admin") && <p className="mt-2">{words.startViewer}</p>}
          </Empty>
        </div>
      )}
      {data && !nothing && (
        <Tabs
          label={words.listLabel}
          value={list}
          onChange={(next) =>
            change({ list: next, kind: undefined, domain: undefined, state: undefined, search: undefined })
          }
          tabs={LISTS.filter((each) => data.lists[each] !== null).map((each) => ({
            id: each,
            label: EMPLOYEE_LIST_WORD[each],
            count: data.lists[each]!,
            content:
              each === list ? <List key={each} connection={connection} list={each} summary={data} /> : null,
          }))}
        />
      )}
      {importing && <ImportDialog onClose={() => openImport(false)} />}
    </Page>
  );
}

/** `1,204 in the directory · CSV, everybody, 26 Nov, by M. Ito · SCIM last heard 4 min ago` */
function Directory({ summary: { directory } }: { summary: Summary }) {
  if (!directory) return <>{words.limited}</>;
  const { employees, lastImport, scimAt } = directory;
  return (
    <span className="flex flex-wrap gap-x-1.5">
      <span>
        {words.directory(number(employees))}
        {(lastImport || scimAt) && " ·"}
      </span>
      {lastImport && (
        <span>
          {words.imported(
            words.kind[lastImport.kind] + (lastImport.whole ? words.everybodyIn : ""),
            lastImport.by,
          )}{" "}
          <Time at={lastImport.at} />
          {scimAt && " ·"}
        </span>
      )}
      {scimAt && (
        <span>
          {words.scim} <Time at={scimAt} />
        </span>
      )}
    </span>
  );
}

function List({ connection, list, summary }: { connection: Connection; list: ListName; summary: Summary }) {
  const c = String(connection.id);
  const reader = useReader();
  const [view] = useView();
  const [linking, setLinking] = useState<Linked | null>(null);
  const operator = reader.may("operator");
  const columns = useMemo(
    () =>
      columnsOf(
        list,
        operator
          ? ({ user, match, candidates, nobody }) => user && setLinking({ user, match, candidates, nobody })
          : null,
      ),
    [list, operator],
  );
  const query = queryOf(view, list);
  const { found, behind } = useList("listEmployees", { params: { c }, query });
  const rows = rowsOf<"listEmployees">(found.data);
  const first = found.data?.pages[0];
  const toActOn = LISTS_TO_ACT_ON.find((each) => each === list);
  const mayAct = useMayAct(connection) && toActOn !== undefined;
  const selection = useSelection(c, query);
  const picks = usePicks(columns, mayAct ? selection : null, userOf, nameOfUser);
  const { one, many } = isOfEmployees(list) ? words.employee : words.user;
  return (
    <>
      {list === "no_employee" && <Kinds summary={summary} />}
      {list === "removed" && <Removal removal={summary.removal} />}
      {mayAct && (
        <SelectionBar selection={selection} total={first?.total ?? null}>
          <ActButtons
            small
            c={c}
            kinds={["deactivate", "revoke_to_basic"]}
            whom={
              selection.all
                ? { usersOnList: { ...filterFrom(query, ["kind"]), list: toActOn } }
                : { users: [...selection.keys] }
            }
          />
        </SelectionBar>
      )}
      <DataTable
        label={EMPLOYEE_LIST_WORD[list]}
        one={one}
        many={many}
        columns={picks}
        rows={rows}
        rowKey={rowKey}
        query={found}
        behind={behind}
        total={first?.total ?? null}
        whole={summary.lists[list]}
        stamp={first?.stamp}
        also={restsOn(summary)}
        filters={filtersFor(list)}
        search={words.search}
        tools={<ViewsMenu page="employees" />}
        actions={
          <ExportMenu
            address={(format) =>
              addressOf("exportEmployees", {
                params: { c },
                query: { ...query, format, columns: fileColumns("employees", columns, view.columns) },
              })
            }
          />
        }
        unknown={first?.stamp.listing === null && <NotRead stream="users" />}
        empty={
          view.search || view.kind || view.domain || view.state
            ? {}
            : { title: words.empty[list], text: words.emptyText[list] || undefined }
        }
      />
      {linking && <LinkDialog c={c} linked={linking} onClose={() => setLinking(null)} />}
    </>
  );
}

const rowKey = ({ employee, user }: EmployeeRow) => `${employee?.id ?? ""} ${user?.id ?? ""}`;
const userOf = ({ user }: EmployeeRow) => user?.id ?? null;
const nameOfUser = ({ user }: EmployeeRow) => (user ? userName(user) : "");

/** The directory's own age belongs to what a screenshot says of its source. */
function restsOn({ directory }: Summary): string | undefined {
  if (!directory) return undefined;
  const { employees, lastImport, scimAt } = directory;
  const told = [lastImport && words.importedAt(utc(lastImport.at)), scimAt && words.scimAtTime(utc(scimAt))];
  return words.directoryStamp(number(employees), told.filter(Boolean).join(", "));
}

/** External domains named apart; agencies, service accounts and others each by themselves. */
function Kinds({ summary: { noEmployee, externalDomains } }: { summary: Summary }) {
  const [view, change] = useView();
  return (
    <div className="mb-3 grid gap-2">
      <fieldset className="screen-only flex max-w-full flex-wrap gap-1">
        <legend className="sr-only">{words.kindsLabel}</legend>
        {KINDS.filter((kind) => noEmployee[kind] > 0).map((kind) => (
          <Button
            key={kind}
            small
            look={view.kind === kind ? "plain" : "quiet"}
            aria-pressed={view.kind === kind}
            onClick={() => change({ kind: view.kind === kind ? undefined : kind, domain: undefined })}
          >
            {NO_EMPLOYEE_WORD[kind]} <span className="text-dim">{number(noEmployee[kind])}</span>
          </Button>
        ))}
      </fieldset>
      {externalDomains.length > 0 && (
        <p className="text-sm text-dim">
          {words.externalDomains}:{" "}
          {externalDomains.map(({ domain, users }, i) => (
            <Fragment key={domain}>
              {i > 0 && ", "}
              {domain}{" "}
              <CountLink
                count={users}
                label={words.ofDomain(domain)}
                to="/employees"
                search={{ list: "no_employee", kind: "external", domain }}
              />
            </Fragment>
          ))}
        </p>
      )}
    </div>
  );
}
