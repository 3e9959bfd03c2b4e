/** Every address of the console. The address bar holds the whole view: what it shows can be sent to a colleague. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import type { ComponentType } from "react";
import { parseSearch, type Search, stringifySearch } from "./search.ts";

const modules = import.meta.glob<{ default: ComponentType }>("./*/index.tsx");

/** The page of a folder, loaded when it is first shown. */
function page(folder: string) {
  const load = modules[`./${folder}/index.tsx`] ?? (async () => ({ default: NoSuchPage }));
  return lazyRouteComponent(load);
}

function NoSuchPage() {
  return <h1>There is no such page</h1>;
}

const root = createRootRoute({
  validateSearch: (search: Record<string, unknown>): Search => search as Search,
  component: Outlet,
  notFoundComponent: NoSuchPage,
});

/** Pages that need nobody signed in, without navigation. */
const bare = [
  createRoute({ getParentRoute: () => root, path: "/sign-in", component: page("sign-in") }),
  createRoute({ getParentRoute: () => root, path: "/setup", component: page("setup") }),
] as const;

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Outlet });
const within = () => shell;

const tree = root.addChildren([
  ...bare,
  shell.addChildren([
    createRoute({ getParentRoute: within, path: "/", component: page("dashboard") }),
    createRoute({ getParentRoute: within, path: "/users", component: page("users") }),
    createRoute({ getParentRoute: within, path: "/users/$user", component: page("user") }),
    createRoute({ getParentRoute: within, path: "/roles", component: page("roles") }),
    createRoute({ getParentRoute: within, path: "/grants", component: page("grants") }),
    createRoute({ getParentRoute: within, path: "/licenses", component: page("licenses") }),
    createRoute({ getParentRoute: within, path: "/usage", component: page("usage") }),
    createRoute({ getParentRoute: within, path: "/events", component: page("events") }),
    createRoute({ getParentRoute: within, path: "/changes", component: page("changes") }),
    createRoute({ getParentRoute: within, path: "/integrations", component: page("integrations") }),
    createRoute({ getParentRoute: within, path: "/integrations/$connection", component: page("connection") }),
    createRoute({ getParentRoute: within, path: "/members", component: page("members") }),
    createRoute({ getParentRoute: within, path: "/audit-trail", component: page("audit-trail") }),
    createRoute({ getParentRoute: within, path: "/account", component: page("account") }),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
