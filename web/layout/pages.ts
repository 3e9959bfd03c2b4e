/** What the navigation lists. `bar`: has a place in the bottom bar of a phone. */
import {
  Activity,
  BadgeCheck,
  Bell,
  ChartColumn,
  Flag,
  History,
  IdCard,
  KeyRound,
  LayoutDashboard,
  Plug,
  ScrollText,
  UserRoundCog,
  Users,
  Zap,
} from "lucide-react";
import { TEXT } from "../text/console.ts";

const { nav } = TEXT;

export interface NavPage {
  to: string;
  label: string;
  icon: typeof Users;
  bar?: true;
  /** Shows one connection at a time. */
  ofConnection?: true;
  /** Another address of the same page. */
  also?: string;
  /** Only admins have it. */
  admin?: true;
}

export const MAIN_PAGES: readonly NavPage[] = [
  { to: "/", label: nav.dashboard, icon: LayoutDashboard, bar: true, ofConnection: true },
  { to: "/users", label: nav.users, icon: Users, bar: true, ofConnection: true },
  { to: "/employees", label: nav.employees, icon: IdCard, ofConnection: true },
  { to: "/grants", label: nav.grants, icon: KeyRound, ofConnection: true, also: "/roles" },
  { to: "/licenses", label: nav.licenses, icon: BadgeCheck, ofConnection: true },
  { to: "/usage", label: nav.usage, icon: ChartColumn, bar: true, ofConnection: true },
  { to: "/events", label: nav.events, icon: Activity, ofConnection: true },
  { to: "/changes", label: nav.changes, icon: History, ofConnection: true },
  { to: "/findings", label: nav.findings, icon: Flag, ofConnection: true },
  { to: "/actions", label: nav.actions, icon: Zap, ofConnection: true },
];

export const OTHER_PAGES: readonly NavPage[] = [
  { to: "/integrations", label: nav.integrations, icon: Plug, bar: true },
  { to: "/alerts", label: nav.alerts, icon: Bell },
  { to: "/members", label: nav.members, icon: UserRoundCog, admin: true },
  { to: "/audit-trail", label: nav.auditTrail, icon: ScrollText, admin: true },
];
