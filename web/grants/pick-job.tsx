/** By job, before one is chosen: by name, by ID, or by the address of its page. */
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Row, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Gray } from "../components/unknown.tsx";
import { useView } from "../search.ts";
import { grantWords, jobState } from "../text/grants.ts";
import { nameOf } from "../text/words.ts";
import { NotRead } from "./not-read.tsx";
import { jobIdIn } from "./view.ts";

type Job = Row<"listJobs">;
const words = grantWords.pickJob;

const COLUMNS: Column<Job>[] = [
  {
    id: "name",
    header: words.columns.name,
    width: 320,
    grow: true,
    fixed: true,
    card: "title",
    cell: (job) => <JobLink job={job} />,
  },
  {
    id: "state",
    header: words.columns.state,
    width: 220,
    card: "state",
    cell: jobState,
  },
  { id: "id", header: words.columns.id, width: 170, card: "line", cell: ({ id }) => id },
];

function JobLink({ job }: { job: Job }) {
  const [{ c, asOf }] = useView();
  const name = nameOf(job, grantWords.columns.job);
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Link
        to="/grants"
        search={{ c, asOf, job: job.id }}
        className="link truncate"
        title={grantWords.openJob(name)}
      >
        {name}
      </Link>
      {!job.inList && <Gray>{words.notInList}</Gray>}
    </span>
  );
}

const rowKey = ({ id }: Job) => id;

export function PickJob({ c }: { c: string }) {
  const [view] = useView();
  const search = view.search && (jobIdIn(view.search) ?? view.search);
  const { found, behind } = useList("listJobs", { params: { c }, query: { search } });
  const rows = rowsOf<"listJobs">(found.data);
  const unlisted = useMemo(() => rows.every(({ inList }) => !inList), [rows]);
  return (
    <>
      <h2>{words.title}</h2>
      <DataTable
        label={words.title}
        {...grantWords.rows.jobs}
        columns={COLUMNS}
        rows={rows}
        rowKey={rowKey}
        query={found}
        behind={behind}
        total={found.data?.pages[0]?.total}
        stamp={found.data?.pages[0]?.stamp}
        listing="none"
        search={words.search}
        unknown={found.isSuccess && unlisted && !search && <NotRead stream="jobs" />}
        empty={{ title: search ? words.noneFits : words.none, text: search ? words.byId : null }}
      />
    </>
  );
}
