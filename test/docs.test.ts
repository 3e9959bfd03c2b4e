/** Holds docs/ to the code: every setting, command, endpoint, code and switch is there, and nothing else is. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { switches } from "../simulator/switches.ts";
import { Settings } from "../src/api/contract/connections.ts";
import type { Endpoint } from "../src/api/contract/kit.ts";
import { endpoints } from "../src/api/contract.ts";
import { ERRORS } from "../src/api/errors.ts";
import { Context } from "../src/cli/context.ts";
import type { Program } from "../src/cli/installation.ts";
import { commandLine } from "../src/cli/main.ts";
import { processTerminal } from "../src/cli/terminal.ts";
import { ALERT_TOPICS } from "../src/model/alerts/alert.ts";
import { CONNECTION_STATES, DEFAULT_SETTINGS } from "../src/model/connection.ts";
import { FINDING_RULES, FINDING_STATES, FINDING_TEXT, type FindingRule } from "../src/model/finding.ts";
import { LICENSE_STATES } from "../src/model/license.ts";
import { LANE_NAMES, LANES, STREAMS } from "../src/model/stream.ts";
import { CAUSE_CODES, STREAM_STATES } from "../src/model/verdict.ts";
import { SETTINGS } from "../src/settings.ts";
import { anchorsOf, bare, rowsOf, sectionsOf } from "./markdown.ts";

const root = dirname(import.meta.dirname);
const read = (path: string) => readFileSync(join(root, path), "utf8");

// --- what a page must have

/** What the page lacks of `names`, or says without a needed column, and what it has beyond them. */
function tableProblems(
  page: string,
  key: string,
  names: readonly string[],
  columns: readonly string[],
): string[] {
  const rows = rowsOf(page).filter((row) => key in row.cells);
  const documented = new Map(rows.map((row) => [bare(row.cells[key]!), row]));
  const missing = names.filter((name) => !documented.has(name)).map((name) => `${name}: missing`);
  const gone = [...documented.keys()]
    .filter((name): name is string => name !== null && !names.includes(name))
    .map((name) => `${name}: gone from the code`);
  const empty = rows.flatMap((row) =>
    columns.filter((column) => !row.cells[column]).map((column) => `${bare(row.cells[key]!)}: no ${column}`),
  );
  return [...missing, ...gone, ...empty];
}

/** The same for a page with a heading `code` each, of that level, and `- **Part:** …` below it. */
function headingProblems(
  page: string,
  level: number,
  names: readonly string[],
  parts: readonly string[],
): string[] {
  const sections = sectionsOf(page).filter(
    (section) => section.level === level && bare(section.title) !== null,
  );
  const documented = new Map(sections.map((section) => [bare(section.title)!, section.body]));
  const missing = names.filter((name) => !documented.has(name)).map((name) => `${name}: missing`);
  const gone = [...documented.keys()]
    .filter((name) => !names.includes(name))
    .map((name) => `${name}: gone from the code`);
  const empty = [...documented].flatMap(([name, body]) =>
    parts
      .filter((part) => !new RegExp(`^- \\*\\*${part}:\\*\\* \\S`, "m").test(body))
      .map((part) => `${name}: no ${part}`),
  );
  return [...missing, ...gone, ...empty];
}

/** The page without the row or the heading of `name`. */
function without(page: string, name: string): string {
  const lines = page.split("\n");
  const kept = lines.filter(
    (line) => !line.startsWith(`| \`${name}\``) && !/^#+ /.test(headingOf(line, name)),
  );
  assert.ok(kept.length < lines.length, `${name} stands nowhere`);
  return kept.join("\n");
}

const headingOf = (line: string, name: string) => (line.includes(`# \`${name}\``) ? line : "");

/** A page must name exactly these. The check itself is tried on copies with one too few and one too many. */
function holds(
  what: string,
  path: string,
  names: readonly string[],
  problems: (page: string) => string[],
): void {
  test(`${path} has every ${what} and no other`, () => assert.deepEqual(problems(read(path)), []));
  test(`${path}: a missing or a forgotten ${what} is noticed`, () => {
    const page = read(path);
    for (const name of [names[0]!, names.at(-1)!]) {
      assert.notDeepEqual(problems(without(page, name)), [], `${name} was taken out`);
    }
    assert.notDeepEqual(
      problems(page.replaceAll(`\`${names[0]}\``, "`no_such_thing`")),
      [],
      "one was renamed",
    );
  });
}

// --- settings

const settingNames = SETTINGS.map((each) => each.name);
holds("setting of the environment", "docs/settings.md", settingNames, (page) => [
  ...tableProblems(page, "Variable", settingNames, ["Meaning", "Default", "Example"]),
  ...SETTINGS.filter((each) => each.secret && !page.includes(`${each.name}_FILE`)).map(
    (each) => `${each.name}_FILE: missing`,
  ),
  ...rowsOf(page).flatMap(({ cells }) => {
    const setting = SETTINGS.find((each) => each.name === bare(cells.Variable ?? ""));
    return !setting || cells.Default === (setting.default === null ? "none" : `\`${setting.default}\``)
      ? []
      : [`${setting.name}: its default is ${setting.default}`];
  }),
]);

const connectionSettings = Object.keys(Settings.shape) as (keyof typeof DEFAULT_SETTINGS)[];
holds("setting of a connection", "docs/settings.md", connectionSettings, (page) => [
  ...tableProblems(page, "Setting", connectionSettings, ["Meaning", "Default", "Example"]),
  ...rowsOf(page).flatMap(({ cells }) => {
    const name = connectionSettings.find((each) => each === bare(cells.Setting ?? ""));
    if (!name) return [];
    const { [name]: value } = DEFAULT_SETTINGS;
    return JSON.stringify(JSON.parse(bare(cells.Default!)!)) === JSON.stringify(value)
      ? []
      : [`${name}: its default is ${JSON.stringify(value)}`];
  }),
]);

// --- words

const errorCodes = Object.keys(ERRORS);
holds("error code", "docs/errors.md", errorCodes, (page) => [
  ...tableProblems(page, "Code", errorCodes, ["Status", "Meaning", "What to do", "Example"]),
  ...Object.entries(ERRORS)
    .filter(
      ([code, { status }]) =>
        !rowsOf(page).some(({ cells }) => bare(cells.Code ?? "") === code && cells.Status === String(status)),
    )
    .map(([code, { status }]) => `${code}: its status is ${status}`),
]);

holds("cause code", "docs/verdicts.md", CAUSE_CODES, (page) =>
  headingProblems(page, 3, CAUSE_CODES, ["Meaning", "Seen", "Cure", "Example"]),
);

/** The tables under one heading. */
const under = (page: string, title: string) => {
  const section = sectionsOf(page).find((each) => each.title === title);
  return section ? `# ${title}\n${section.body}` : "";
};
holds("state of a connection", "docs/verdicts.md", CONNECTION_STATES, (page) =>
  tableProblems(under(page, "States of a connection"), "State", CONNECTION_STATES, ["Sign", "Meaning"]),
);
holds("state of a stream", "docs/verdicts.md", STREAM_STATES, (page) =>
  tableProblems(under(page, "States of a stream"), "State", STREAM_STATES, ["Meaning"]),
);
holds("state of a license", "docs/licenses.md", LICENSE_STATES, (page) =>
  tableProblems(under(page, "Which state does a license have?"), "State", LICENSE_STATES, ["Meaning"]),
);
holds("topic of alerts", "docs/alerts.md", ALERT_TOPICS, (page) =>
  tableProblems(page, "Topic", ALERT_TOPICS, ["When", "Usual for a new destination"]),
);
holds("state of a finding", "docs/findings.md", FINDING_STATES, (page) =>
  tableProblems(under(page, "Which states are there?"), "State", FINDING_STATES, ["Meaning"]),
);

const RULE_PARTS = ["Found when", "Rests on", "Can't tell", "Settings", "What to do"];
holds("rule of findings", "docs/findings.md", FINDING_RULES, (page) => [
  ...tableProblems(page, "Rule", FINDING_RULES, ["Severity", "One"]),
  ...headingProblems(page, 3, FINDING_RULES, RULE_PARTS),
  ...FINDING_RULES.flatMap((rule) => ruleProblems(page, rule)),
]);

/** Each rule is a file of its own, and its page says what to do in the words of the product. */
function ruleProblems(page: string, rule: FindingRule): string[] {
  const file = `src/findings/rules/${rule.replaceAll("_", "-")}.ts`;
  const section = sectionsOf(page).find(({ title }) => bare(title) === rule);
  const text = section?.body.replaceAll(/\s+/g, " ") ?? "";
  return [
    ...(existsSync(join(root, file)) && read(file).includes(`code: "${rule}"`)
      ? []
      : [`${rule}: no ${file}`]),
    ...(text.includes(FINDING_TEXT[rule].remedy) ? [] : [`${rule}: says another thing to do`]),
  ];
}

holds("stream", "docs/greenhouse.md", STREAMS, (page) =>
  tableProblems(page, "Stream", STREAMS, ["Harvest v3", "Scope", "Harvest v1", "Without it"]),
);
holds("lane", "docs/sync.md", LANE_NAMES, (page) => [
  ...tableProblems(page, "Lane", LANE_NAMES, ["Streams", "Every"]),
  ...rowsOf(page).flatMap(({ cells }) => {
    const lane = LANE_NAMES.find((each) => each === bare(cells.Lane ?? ""));
    const streams = lane && LANES[lane].map((stream) => `\`${stream}\``).join(", ");
    return !lane ||
      (cells.Streams === streams && cells.Every === `${DEFAULT_SETTINGS.everyMinutes[lane]} minutes`)
      ? []
      : [`${lane}: is ${streams}, every ${DEFAULT_SETTINGS.everyMinutes[lane]} minutes`];
  }),
]);

// --- links

const pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].concat(
  readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);

/** Relative links of a page that lead nowhere. */
function deadLinks(path: string, page: string): string[] {
  const text = page.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^[a-z]+:/.test(link!)) return [];
    const [file, anchor] = link!.split("#");
    const target = file ? join(dirname(path), file) : path;
    if (relative(".", target).startsWith("..") || !existsSync(join(root, target)))
      return [`${link}: no such file`];
    return anchor && !anchorsOf(file ? read(target) : page).has(anchor) ? [`${link}: no such heading`] : [];
  });
}

for (const path of pages) {
  test(`${path} has no dead link`, () => assert.deepEqual(deadLinks(path, read(path)), []));
}
test("a dead link is noticed", () => {
  assert.equal(
    deadLinks("docs/README.md", "[a](nowhere.md) [b](README.md#no-such) [c](../LICENSE)").length,
    2,
  );
});
test("docs/README.md lists every page", () => {
  const index = read("docs/README.md");
  const unlisted = pages.filter((path) => path.startsWith("docs/") && path !== "docs/README.md");
  assert.deepEqual(
    unlisted.filter((path) => !index.includes(`(${path.slice("docs/".length)})`)),
    [],
  );
});

// --- the API

const routes = Object.values(endpoints).map(({ method, path }) => `${method} ${path}`);
holds("endpoint", "docs/api.md", routes, (page) => [
  ...headingProblems(page, 3, routes, []),
  ...(Object.values(endpoints) as Endpoint[]).flatMap((endpoint) => {
    const name = `${endpoint.method} ${endpoint.path}`;
    const { body } = sectionsOf(page).find((each) => bare(each.title) === name) ?? { body: "" };
    const codes: string[] = /^Errors: (.*)$/m.exec(body)?.[1]?.match(/\w+/g) ?? [];
    return [
      ...(body.includes(endpoint.summary) ? [] : [`${name}: no summary`]),
      ...endpoint.errors.filter((code) => !codes.includes(code)).map((code) => `${name}: no ${code}`),
    ];
  }),
]);

// --- the command line

const program = commandLine(new Context({ version: "0" } as Program, processTerminal()));
/** Those that have parts of their own, as `members invite`, before these. */
const commands = program.commands.flatMap((command) => [
  { name: command.name(), command },
  ...command.commands.map((part) => ({ name: `${command.name()} ${part.name()}`, command: part })),
]);
const commandNames = commands.map(({ name }) => name);

/** Every option in a table with what it means, its default and an example; an example of the whole; nothing else. */
function commandProblems(page: string): string[] {
  return commands.flatMap(({ name, command }) => {
    const { body } = sectionsOf(page).find((each) => bare(each.title) === name) ?? { body: "" };
    const table = `# ${name}\n${body}`;
    const flags = command.options.map((option) => option.flags);
    const example = new RegExp(`^\\\`\\\`\\\`sh\\n(.*\\n)*(glasshouse ${name}|npm start)\\b`, "m");
    return [
      ...tableProblems(table, "Option", flags, ["Meaning", "Default", "Example"]).map(
        (each) => `${name} ${each}`,
      ),
      ...rowsOf(table).flatMap(({ cells }) => {
        const option = command.options.find((each) => each.flags === bare(cells.Option ?? ""));
        const value = option?.defaultValue;
        return typeof value !== "string" || cells.Default === `\`${value}\``
          ? []
          : [`${name} ${option!.flags}: its default is ${value}`];
      }),
      ...(example.test(body) ? [] : [`${name}: no example`]),
    ];
  });
}
holds("command", "docs/cli.md", commandNames, (page) => [
  ...headingProblems(page, 3, commandNames, []),
  ...commandProblems(page),
]);
test("docs/cli.md: an option that is missing or gone is noticed", () => {
  const page = read("docs/cli.md");
  assert.notDeepEqual(commandProblems(without(page, "--full")), []);
  assert.notDeepEqual(commandProblems(page.replace("| `--full` |", "| `--fuller` |")), []);
});

// --- the simulator, and where sources disagree

const switchNames = Object.keys(switches) as (keyof typeof switches)[];
holds("switch of the simulator", "docs/simulator.md", switchNames, (page) => [
  ...tableProblems(page, "Switch", switchNames, ["Meaning", "Values", "Default"]),
  ...switchNames
    .filter(
      (name) =>
        !rowsOf(page).some(
          ({ cells }) =>
            bare(cells.Switch ?? "") === name && sameDefault(cells.Default!, switches[name].default),
        ),
    )
    .map((name) => `${name}: another default`),
]);

function sameDefault(told: string, value: unknown): boolean {
  return told.replaceAll("`", "") === JSON.stringify(value) || (typeof value === "object" && value !== null);
}

interface Disagreement {
  place: string;
  what: string;
  sides: string[];
  switch: string | null;
}
const disagreements = JSON.parse(read("simulator/disagreements.json")) as Disagreement[];

/** What docs/disagreements.md lacks, has beyond the list, or says of a client's test that is none. */
function disagreementProblems(page: string): string[] {
  const rows = rowsOf(page).filter(({ cells }) => "Place" in cells);
  const plain = (text: string) => text.replaceAll("\\|", "|");
  const key = (place: string, what: string) => `${place} / ${what}`;
  const documented = new Set(rows.map(({ cells }) => key(plain(cells.Place!), plain(cells.What!))));
  const known = new Set(disagreements.map((each) => key(each.place, each.what)));
  return [
    ...[...known].filter((each) => !documented.has(each)).map((each) => `${each}: missing`),
    ...[...documented].filter((each) => !known.has(each)).map((each) => `${each}: gone from the list`),
    ...rows.flatMap(({ cells }) => {
      const problem = clientProblem(plain(cells["The client"]!));
      return problem ? [`${key(cells.Place!, cells.What!)}: ${problem}`] : [];
    }),
  ];
}

/** `file`: "name", or *Not met* or *Open* with the reason. */
function clientProblem(told: string): string | null {
  const cited = /^`([^`]+\.test\.ts)`: "(.+)"$/.exec(told);
  if (!cited) return /^(Not met|Open): \S/.test(told) ? null : "neither a test nor a reason";
  const [, file, name] = cited;
  if (/^(simulator|bench)\//.test(file!)) return `${file} is no test of the client`;
  if (!existsSync(join(root, file!))) return `no ${file}`;
  return read(file!).includes(name!) ? null : `${file} has no test "${name}"`;
}

test("docs/disagreements.md has every entry of the simulator's list, with a test of the client that exists", () => {
  assert.deepEqual(disagreementProblems(read("docs/disagreements.md")), []);
});
test("docs/disagreements.md: a missing entry and a test that is gone are noticed", () => {
  const page = read("docs/disagreements.md");
  const { place, what } = disagreements[0]!;
  const lines = page.split("\n");
  const shorter = lines.filter((line) => !line.startsWith(`| ${place} | ${what} |`));
  assert.deepEqual(disagreementProblems(shorter.join("\n")), [`${place} / ${what}: missing`]);
  assert.notDeepEqual(disagreementProblems(page.replace("harvest-v1.test.ts", "harvest-v0.test.ts")), []);
  assert.notDeepEqual(disagreementProblems(page.replace(/(\.test\.ts`: ")/, "$1no such test ")), []);
});

// --- faults

const FAULTS = [
  ...["SIGKILL", "SIGSTOP", "Out of disk: the database", "Out of disk: temporary files", "Read-only disk"],
  ...["Database gone and back", "Connection pool empty", "Slow database", "Schema upgrade interrupted"],
  ...["Two servers on one embedded database", "Clock moved by an hour", "Daylight-saving change"],
  ...["A page cut anywhere", "Garbled JSON", "Gzip bomb", "Endless body", "Endless paging"],
  ...["Repeated and reordered pages", "429 storms with headers", "429 storms without headers", "5xx storms"],
  ...["Token revoked in mid-run by another minting", "Users vanishing and coming back"],
  ...["A listing that loses half its users", "Admin user deactivated in mid-run"],
  ...["Credential narrowed in mid-run", "30-day retention passing a hole"],
];

/** Faults without a row or a promise, and tests that are named and don't exist. */
function faultProblems(page: string): string[] {
  const rows = rowsOf(page);
  const told = new Map(
    rows.filter(({ cells }) => "Fault" in cells).map(({ cells }) => [cells.Fault!, cells]),
  );
  return [
    ...FAULTS.filter((fault) => !told.get(fault)?.Promise).map((fault) => `${fault}: missing`),
    ...rows.flatMap(({ cells }) => {
      const cited = [...(cells.Test ?? cells["Caught by"] ?? "").matchAll(/`([^`]+\.test\.ts)`: "([^"]+)"/g)];
      if (cited.length === 0) return [`${cells.Fault ?? cells.Planted}: no test`];
      return cited
        .filter(([, file, name]) => !existsSync(join(root, file!)) || !read(file!).includes(name!))
        .map(([, file, name]) => `${file}: no test "${name}"`);
    }),
  ];
}

test("docs/reliability.md has every fault, with tests that exist", () => {
  assert.deepEqual(faultProblems(read("docs/reliability.md")), []);
});
test("docs/reliability.md: a missing fault, and a test that is gone, are noticed", () => {
  const page = read("docs/reliability.md");
  for (const fault of FAULTS)
    assert.notDeepEqual(faultProblems(page.replace(`| ${fault} |`, "| No such |")), []);
  assert.notDeepEqual(faultProblems(page.replace("cuts.test.ts", "cats.test.ts")), []);
  assert.notDeepEqual(faultProblems(page.replace(/(\.test\.ts`: ")/, "$1no such test ")), []);
});
