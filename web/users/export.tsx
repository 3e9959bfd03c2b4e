/** Every row of the filter as a file, with the columns that are shown and the stamp that an auditor asks for. */
import { Download } from "lucide-react";
import { addressOf, type Call } from "../api/client.ts";
import type { Column } from "../components/data-table.tsx";
import { Button } from "../components/ui/button.tsx";
import { Menu, MenuItem, MenuLabel } from "../components/ui/menu.tsx";
import { TEXT } from "../text/console.ts";
import { usersWords as words } from "../text/users.ts";
import type { User } from "../text/words.ts";

type Query = NonNullable<Call<"exportUsers">["query"]>;
type Field =
  NonNullable<Query["columns"]> extends infer C ? (C extends readonly (infer F)[] ? F : never) : never;

/** What of the file stands for a column of the page. */
const FIELDS: Record<string, readonly string[]> = {
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
  created: ["created_at"],
  updated: ["updated_at"],
  firstSeen: ["first_seen_at"],
  lastSeen: ["last_seen_at"],
  licenseReason: ["license_reason"],
};

/** The fields of the file for the columns of the page; the id always leads. */
export function fieldsOf(columns: readonly Column<User>[], picked: string | undefined): Field[] {
  const names = picked?.split(",");
  const shown = columns.filter(
    ({ id, fixed, optional }) => fixed || (names ? names.includes(id) : !optional),
  );
  return ["id", ...shown.flatMap(({ id }) => FIELDS[id] ?? [])] as Field[];
}

interface ExportProps {
  c: string;
  query: Query;
  columns: Field[];
}

export function Export({ c, query, columns }: ExportProps) {
  const address = (format: "csv" | "json") =>
    addressOf("exportUsers", {
      params: { c },
      query: { ...query, format, columns: columns.join(",") } as unknown as Query,
    });
  return (
    <Menu
      trigger={
        <Button>
          <Download aria-hidden /> {TEXT.table.export}
        </Button>
      }
    >
      <MenuLabel>{words.exportNote}</MenuLabel>
      {(["csv", "json"] as const).map((format) => (
        <MenuItem key={format} asChild>
          <a href={address(format)} download>
            {words.exportAs[format]}
          </a>
        </MenuItem>
      ))}
    </Menu>
  );
}
