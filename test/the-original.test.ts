/** Holds docs/the-original.md to the screens, and to the story that test/web/the-original.test.ts tells in a browser. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(import.meta.dirname);
const read = (path: string) => readFileSync(join(root, path), "utf8");
const PARTS = [...read("test/web/the-original.test.ts").matchAll(/await tell\(\s*"([^"]+)"/g)].map(
  ([, part]) => part!,
);

/** What the page says that is not so. */
function problems(page: string): string[] {
  const rows = page
    .split("\n")
    .filter((line) => /^\| (?!---|The original)/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const named = rows.flatMap(([, , tests]) => [...tests!.matchAll(/“([^”]+)”/g)].map(([, part]) => part!));
  const words = readdirSync(join(root, "web/text"))
    .map((file) => read(join("web/text", file)))
    .join("\n");
  const screens = rows.flatMap(([, screen]) =>
    [...screen!.matchAll(/\*([^*]+)\*/g)].map(([, label]) => label!),
  );
  const files = [...page.matchAll(/`((?:web|test|src)\/[\w./-]+)`/g)].map(([, file]) => file!);
  return [
    ...rows
      .filter((cells) => cells.length !== 3 || cells.some((cell) => !cell))
      .map(() => "a row lacks a cell"),
    ...PARTS.filter((part) => !named.includes(part)).map((part) => `no sentence leads to “${part}”`),
    ...named.filter((part) => !PARTS.includes(part)).map((part) => `“${part}” is tested nowhere`),
    ...screens.filter((label) => !words.includes(label)).map((label) => `no screen says ${label}`),
    ...files.filter((file) => !existsSync(join(root, file))).map((file) => `${file} is gone`),
  ];
}

test("docs/the-original.md leads from each sentence to a screen and a test that exist", () => {
  const page = read("docs/the-original.md");
  assert.deepEqual(problems(page), []);
  assert.ok(PARTS.length > 10);
  for (const broken of [
    page.replace(`“${PARTS[3]}”`, "“something else”"),
    page.replace("*Connect Greenhouse*", "*Plug it in*"),
    page.replace("`test/web/the-original.test.ts`", "`test/web/gone.test.ts`"),
  ]) {
    assert.notDeepEqual(problems(broken), []);
  }
});
