/** The tables as Kysely sees them. */
import type { ActionTables } from "./actions/tables.ts";
import type { AlertTables } from "./alerts/tables.ts";
import type { ConnectionTables } from "./connections/tables.ts";
import type { EmployeeTables } from "./employees/tables.ts";
import type { FindingTables } from "./findings/tables.ts";
import type { LaneTables } from "./lanes/tables.ts";
import type { LedgerTables } from "./ledger/tables.ts";
import type { ListingTables } from "./listings/tables.ts";
import type { MemberTables } from "./members/tables.ts";
import type { UsageTables } from "./usage/tables.ts";
import type { UserTables } from "./users/tables.ts";

export interface Schema
  extends ConnectionTables,
    LaneTables,
    UserTables,
    ListingTables,
    LedgerTables,
    UsageTables,
    ActionTables,
    MemberTables,
    EmployeeTables,
    FindingTables,
    AlertTables {}
