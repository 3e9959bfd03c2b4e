/** All text of the console stands in web/text, for whoever translates it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

const web = join(dirname(import.meta.dirname), "web");
/** Attributes that are read or heard. */
const SAID = ["alt", "aria-label", "header", "hint", "label", "placeholder", "text", "title", "what"];
/** `Try again`, `Role not given`: no class, key or path is written so. */
const SENTENCE = /^\p{Lu}\p{L}+(?:['’]\p{L}+)?[,:]? \p{L}/u;
/** Of a template that is no list of classes: ` of `, ` days `; not of an address or a command. */
const WORDS = /(?:^|[ (])\p{Ll}{2,}(?=[ ,.:)]|$)/u;
const FOR_MACHINES = /^(?:curl |GLASSHOUSE_)|https?:\/\//;

function isClasses(node: ts.Node): boolean {
  for (let each = node.parent; each; each = each.parent) {
    if (ts.isJsxAttribute(each)) return each.name.getText() === "className";
    if (ts.isStatement(each)) return false;
  }
  return false;
}

/** Is it what the file says to people? */
function saysSomething(node: ts.Node): boolean {
  if (ts.isJsxText(node)) return /\p{L}{2}/u.test(node.text);
  if (ts.isStringLiteralLike(node)) {
    if (ts.isJsxAttribute(node.parent))
      return SAID.includes(node.parent.name.getText()) && /^\p{Lu}/u.test(node.text);
    return SENTENCE.test(node.text);
  }
  if (ts.isTemplateExpression(node)) {
    const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
    return !isClasses(node) && !FOR_MACHINES.test(parts.join("")) && parts.some((part) => WORDS.test(part));
  }
  return false;
}

function textIn(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(web, path), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (saysSomething(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1} ${node.getText().trim()}`);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

test("no text of the console stands outside of web/text", () => {
  const files = readdirSync(web, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.tsx?$/.test(path) && !/^(text|dist)|\.test\.ts$|^(build|vite\.config)\.ts$/.test(path),
  );
  assert.ok(files.length > 200, `${files.length} files`);
  assert.deepEqual(files.flatMap(textIn), []);
});
