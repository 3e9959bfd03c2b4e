// The dependency rule of docs/architecture.md: data goes one way, and nothing imports what comes after it.

/** What each folder of src/ may import of ours, besides itself. */
const MAY = {
  model: [],
  connectors: ["model"],
  store: ["model", "connectors"], // connectors: only the contract's types
  sync: ["model", "connectors", "store"],
  insights: ["model", "store"],
  findings: ["model", "store", "insights"],
  alerts: ["model", "connectors", "store", "insights", "findings"], // connectors: only the proxy
  jobs: ["model", "connectors", "store", "sync", "alerts"],
  owner: ["model"],
  access: ["model", "connectors", "store"], // connectors: only HTTP, for single sign-on
  api: ["model", "connectors", "store", "access", "sync", "insights", "findings", "alerts", "jobs"],
  cli: ["model", "api", "owner"],
};

/** All of src/ that pages run; everything else of it they know only as types. bin/console.mjs names the same. */
const RUN_BY_PAGES = "^src/(api/wire|model/(stream|words))\\.ts$";

const layers = Object.entries(MAY).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-what-comes-before`,
  severity: "error",
  from: { path: `^src/${folder}/`, pathNot: "\\.test\\.ts$|/testing\\.ts$" },
  to: { path: "^src/", pathNot: `^src/(${[folder, ...allowed].join("|")})/|^src/config\\.ts$` },
}));

export default {
  forbidden: [
    ...layers,
    {
      name: "sync-knows-no-vendor",
      severity: "error",
      from: { path: "^src/(sync|jobs|store|insights|findings|alerts|api|cli)/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/connectors/greenhouse/" },
    },
    {
      name: "store-knows-only-the-contract",
      severity: "error",
      from: { path: "^src/store/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/connectors/", pathNot: "^src/connectors/connector\\.ts$" },
    },
    {
      name: "engines-know-no-table",
      severity: "error",
      from: { path: "^src/store/engine/", pathNot: "\\.test\\.ts$|testing\\.ts$" },
      to: { path: "^src/store/(?!engine/|migrations/)[^/]+/" },
    },
    {
      name: "cli-knows-only-the-contract",
      severity: "error",
      from: { path: "^src/cli/", pathNot: "\\.test\\.ts$|/testing\\.ts$" },
      to: { path: "^src/api/", pathNot: "^src/api/(contract(/|\\.ts)|wire\\.ts|errors\\.ts)" },
    },
    {
      name: "web-knows-only-the-contract",
      severity: "error",
      from: { path: "^web/", pathNot: "\\.test\\.ts$|^web/build\\.ts$" },
      to: { path: "^(src|simulator|bench|test|bin)/", pathNot: `^src/api/contract\\.ts$|${RUN_BY_PAGES}` },
    },
    {
      name: "web-takes-only-types-from-the-contract",
      severity: "error",
      from: { path: "^web/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/", pathNot: RUN_BY_PAGES, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "what-pages-run-imports-nothing",
      severity: "error",
      from: { path: RUN_BY_PAGES },
      to: {},
    },
    {
      name: "nothing-imports-the-console",
      severity: "error",
      from: { path: "^(src|simulator|bench|bin)/" },
      to: { path: "^web/" },
    },
    {
      name: "simulator-and-src-import-nothing-from-each-other",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(simulator|bench|test)/" },
    },
    {
      name: "simulator-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^simulator/" },
      to: { path: "^(src|test|bench)/" },
    },
    {
      name: "only-the-store-knows-sql",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(store|owner)/|\\.test\\.ts$" },
      to: { path: "node_modules/(kysely|better-sqlite3)" },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^web/dist" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types"] },
  },
};
