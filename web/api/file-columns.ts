/** What of a list's file stands for each column of its page: an export has the columns that are shown, in their order. */
import type { Column } from "../components/data-table.tsx";
import { isShown } from "../components/table-view.ts";

interface FileColumns {
  /** What leads in any case, so that a row can be found again. */
  always: readonly string[];
  /** By the id of the column. */
  of: Record<string, readonly string[]>;
}

export const FILE_COLUMNS = {
  users: {
    always: ["id"],
    of: {
      name: ["name", "email", "service_account", "agency"],
      status: ["status"],
      level: ["level"],
      roles: ["roles"],
      license: ["license_type", "license_state"],
      lastUsed: ["last_used_at", "last_used_source"],
      days: ["active_days", "covered_days", "window_days"],
      grants: ["grants"],
      departments: ["departments"],
      offices: ["offices"],
      jobTitle: ["job_title"],
      employeeId: ["employee_id"],
      agency: ["agency"],
      emailConfirmed: ["email_confirmed"],
      created: ["created_at"],
      updated: ["updated_at"],
      firstSeen: ["first_seen_at"],
      lastSeen: ["last_seen_at"],
      id: ["id"],
      // It stands in the stamp.
      connection: [],
      licenseReason: ["license_reason"],
    },
  },
  grants: {
    always: ["kind", "id"],
    of: {
      user: ["user_id", "user", "email"],
      level: ["level"],
      status: ["status"],
      role: ["role_id", "role"],
      job: ["job_id", "on", "job_state"],
      made: ["made"],
      since: ["since", "seen_since"],
      lastUsed: ["last_used_at", "last_used_source"],
    },
  },
  roles: {
    always: ["id"],
    of: {
      name: ["name", "in_list"],
      type: ["type"],
      users: ["users"],
      grants: ["grants"],
      firstSeen: ["first_seen_at"],
      id: ["id"],
    },
  },
  events: {
    always: [],
    of: {
      at: ["at"],
      who: ["performer_type", "user_id", "user", "performer"],
      what: ["target_type", "type"],
      counts: ["kind", "counts"],
      target: ["target_type", "target_id"],
      from: ["ip"],
      request: ["request_type", "request_id"],
    },
  },
  changes: {
    always: [],
    of: {
      seen: ["between_from", "between_to"],
      happened: ["happened_at"],
      user: ["user_id", "user"],
      what: ["stream", "kind", "row_id", "what"],
      before: ["before"],
      after: ["after"],
      by: ["by", "action"],
      run: ["run_id"],
    },
  },
  employees: {
    always: [],
    of: {
      user: ["user_id", "user", "user_email"],
      employee: ["employee_id", "employee", "employee_emails"],
      leftOn: ["left_on"],
      lastDay: ["left_on"],
      days: ["days_since_leaving"],
      used: ["days_used_after", "last_used_after", "last_used_after_source", "covered_days_after"],
      status: ["user_status"],
      level: ["level"],
      grants: ["grants"],
      why: ["match"],
      mayBe: ["candidates"],
      // A button.
      decide: [],
      kind: ["without_employee"],
      lastUsed: ["last_used_at", "last_used_source"],
      ended: ["access_ended_after", "access_ended_by"],
      took: ["days_to_removal"],
      state: ["state"],
      hadLeft: ["had_left_on"],
      back: ["came_back_at"],
      employeeId: ["employee_id"],
      department: ["department"],
      manager: ["manager"],
      startDate: ["start_date"],
      source: ["source"],
      updated: ["updated_at"],
      users: ["users"],
      userId: ["user_id"],
    },
  },
} as const satisfies Record<string, FileColumns>;

type List = keyof typeof FILE_COLUMNS;
/** A column of a page whose file knows it. */
export type FiledColumn<R, L extends List> = Column<R> & { id: keyof (typeof FILE_COLUMNS)[L]["of"] };

/** @param picked `columns` of the address */
export function fileColumns(
  list: List,
  columns: readonly Pick<Column<never>, "id" | "fixed" | "optional">[],
  picked: string | undefined,
): string[] {
  const { always, of }: FileColumns = FILE_COLUMNS[list];
  const shown = columns.filter((column) => isShown(column, picked));
  return [...new Set([...always, ...shown.flatMap(({ id }) => of[id] ?? [])])];
}
