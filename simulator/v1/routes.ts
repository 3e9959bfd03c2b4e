import { parseTime } from "../clock.ts";
import type { Answer } from "../http/answer.ts";
import { json } from "../http/answer.ts";
import type { Call } from "../http/request.ts";
import type { World } from "../http/world.ts";
import type { Department, User } from "../org/types.ts";
import { hash } from "../random.ts";
import { permissionShows } from "../v3/listings.ts";
import { paged, V1Error } from "./paging.ts";
import { v1Department, v1Future, v1Job, v1Office, v1Permission, v1Role, v1Tree, v1User } from "./rows.ts";

export { V1Error } from "./paging.ts";

/** A v1 read endpoint (api.md §1.5); `permission` is the name of its tick box in credentials.v1. */
export interface Route {
  /** GET when left out. */
  method?: "PATCH" | "DELETE";
  pattern: RegExp;
  permission: string;
  answer(world: World, call: Call, id: string): Answer;
}

const notFound = (): Answer => json(404, { message: "Resource not found" });
const visible = (world: World): User[] => world.org.users.filter((u) => !u.hidden && !u.service);

function boundary(call: Call, name: string): number | null {
  const text = call.query.get(name);
  const ms = text === null ? null : parseTime(text);
  if (text !== null && ms === null) throw new V1Error(name, "is invalid");
  return ms;
}

function filteredUsers(world: World, call: Call): User[] {
  const [createdBefore, createdAfter, updatedBefore, updatedAfter] = [
    "created_before",
    "created_after",
    "updated_before",
    "updated_after",
  ].map((name) => boundary(call, name));
  const employee = call.query.get("employee_id");
  const email = call.query.get("email")?.toLowerCase();
  const { org } = world;
  const owners =
    email === undefined
      ? null
      : new Set(org.emails.filter((e) => e.email.toLowerCase() === email).map((e) => e.userId));
  // created_before and updated_before are read as "before this moment"; the two _after filters are inclusive as documented.
  return visible(world).filter(
    (u) =>
      (createdBefore == null || u.createdAt < createdBefore) &&
      (createdAfter == null || u.createdAt >= createdAfter) &&
      (updatedBefore == null || u.updatedAt < updatedBefore) &&
      (updatedAfter == null || u.updatedAt >= updatedAfter) &&
      (employee === null || u.employeeId === employee) &&
      (!owners || owners.has(u.id) || u.primaryEmail?.toLowerCase() === email),
  );
}

function listUsers(world: World, call: Call): Answer {
  const { scenario: s, org } = world;
  const users = filteredUsers(world, call);
  if (s["v1.order"] === "descending") users.reverse();
  if (s["v1.order"] === "shuffled")
    users.sort((a, b) => hash(a.id % 4294967296, 80) - hash(b.id % 4294967296, 80));
  const attributes = call.query.get("user_attributes") === "true";
  if (call.query.has("email") && s["v1.emailFilter"] === "object")
    return users[0] ? json(200, v1User(users[0], org, s, attributes)) : notFound();
  return paged(world, call, users, (u) => v1User(u, org, s, attributes), "full");
}

function oneUser(world: World, call: Call, id: string): Answer {
  const employee = call.query.get("employee_id");
  const user =
    employee !== null
      ? visible(world).find((u) => u.employeeId === employee)
      : world.org.userById.get(Number(id));
  return user && !user.hidden && !user.service
    ? json(200, v1User(user, world.org, world.scenario, true))
    : notFound();
}

const userOf = (world: World, id: string): User | undefined => {
  const user = world.org.userById.get(Number(id));
  return user?.hidden ? undefined : user;
};

/** Only Job Admins have rows: a Site Admin's list is empty (api.md §1.5). */
function jobPermissions(world: World, call: Call, id: string): Answer {
  const user = userOf(world, id);
  if (!user) return notFound();
  const rows = world.org.permissions.ofUser(user.id).filter((row) => permissionShows(row, world));
  return paged(world, call, rows, v1Permission, "full");
}

function futurePermissions(world: World, call: Call, id: string): Answer {
  const user = userOf(world, id);
  if (!user) return notFound();
  const rows = user.siteAdmin ? [] : world.org.futurePermissions.filter((row) => row.userId === user.id);
  return paged(world, call, rows, (row) => v1Future(row, world.org), "full");
}

type Json = Record<string, unknown>;
function units<T extends Department>(
  records: (world: World) => readonly T[],
  row: (record: T, world: World) => Json,
): Pick<Route, "answer"> {
  return {
    answer(world, call, id) {
      const all = records(world);
      if (id !== "") {
        const found = all.find((r) => String(r.id) === id);
        return found ? json(200, row(found, world)) : notFound();
      }
      const external = call.query.get("external_id");
      const wanted = external === null ? all : all.filter((r) => r.externalId === external);
      const style = call.query.get("render_as") ?? "list";
      if (style !== "list" && style !== "tree") throw new V1Error("render_as", "Must be one of: list, tree");
      return style === "tree"
        ? json(
            200,
            v1Tree(wanted, (r) => row(r, world)),
          )
        : paged(world, call, wanted, (r) => row(r, world), "full");
    },
  };
}

/** Every played v1 endpoint. */
export const routes: readonly Route[] = [
  { pattern: /^\/v1\/users\/?$/, permission: "users", answer: listUsers },
  { pattern: /^\/v1\/users\/(\d+)$/, permission: "user", answer: oneUser },
  {
    pattern: /^\/v1\/users\/(\d+)\/permissions\/jobs$/,
    permission: "user_job_permissions",
    answer: jobPermissions,
  },
  {
    pattern: /^\/v1\/users\/(\d+)\/permissions\/future_jobs$/,
    permission: "user_future_job_permissions",
    answer: futurePermissions,
  },
  {
    pattern: /^\/v1\/user_roles$/,
    permission: "user_roles",
    answer: (world, call) =>
      paged(
        world,
        call,
        world.org.roles.filter((r) => r.roleType !== "site_admin"),
        v1Role,
        "next only",
      ),
  },
  {
    pattern: /^\/v1\/departments(?:\/(\d+))?$/,
    permission: "departments",
    ...units(
      (w) => w.org.departments,
      (d, w) => v1Department(d, w.org, w.scenario),
    ),
  },
  {
    pattern: /^\/v1\/offices(?:\/(\d+))?$/,
    permission: "offices",
    ...units(
      (w) => w.org.offices,
      (o, w) => v1Office(o, w.org, w.scenario),
    ),
  },
  {
    pattern: /^\/v1\/jobs$/,
    permission: "jobs",
    answer: (world, call) =>
      paged(world, call, world.org.jobs, (j) => v1Job(j, world.org, world.scenario), "full"),
  },
];
