/** The columns of the list of grants. */
import type { FiledColumn } from "../api/file-columns.ts";
import { Level } from "../components/state.tsx";
import { grantWords } from "../text/grants.ts";
import { type Grant, WORD } from "../text/words.ts";
import { JobCell, LastUsedCell, MadeCell, RoleCell, SinceCell, UserCell } from "./cells.tsx";

const { columns: words } = grantWords;

export const GRANT_COLUMNS: FiledColumn<Grant, "grants">[] = [
  {
    id: "user",
    header: words.user,
    width: 160,
    grow: true,
    fixed: true,
    card: "title",
    cell: (grant) => <UserCell grant={grant} />,
  },
  {
    id: "level",
    header: words.level,
    width: 118,
    card: "state",
    cell: (grant) => <Level user={grant.user} />,
  },
  {
    id: "status",
    header: words.status,
    width: 110,
    optional: true,
    cell: (grant) => WORD.status[grant.user.status],
  },
  {
    id: "role",
    header: words.role,
    width: 132,
    card: "line",
    cell: (grant) => <RoleCell grant={grant} />,
  },
  {
    id: "job",
    header: words.job,
    width: 204,
    grow: true,
    card: "line",
    cell: (grant) => <JobCell grant={grant} />,
  },
  { id: "made", header: words.made, width: 108, cell: (grant) => <MadeCell grant={grant} /> },
  { id: "since", header: words.since, width: 116, cell: (grant) => <SinceCell grant={grant} /> },
  {
    id: "lastUsed",
    header: words.lastUsed,
    width: 176,
    cell: (grant) => <LastUsedCell grant={grant} />,
  },
];
