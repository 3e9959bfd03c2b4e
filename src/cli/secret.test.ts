import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import type { Context } from "./context.ts";
import { hush, prompt } from "./secret.ts";

/** A terminal that shows what it is given while it isn't raw, as terminals do. */
function tty() {
  const said: string[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(on: boolean) {
      this.isRaw = on;
      said.push(on ? "<raw>" : "<shown>");
    },
  });
  const err = new Writable({
    write(chunk, _encoding, done) {
      said.push(String(chunk));
      done();
    },
  });
  const paste = (text: string) => {
    if (!input.isRaw) said.push(text);
    input.write(text);
  };
  return { context: { terminal: { in: input, err } } as unknown as Context, said, paste };
}

test("a hidden prompt stops the terminal from showing before it asks, and until it has its answer", async () => {
  const { context, said, paste } = tty();
  const asked = prompt(context, "Secret: ", true);
  paste("shh\n");
  assert.equal(await asked, "shh");
  assert.deepEqual(said, ["<raw>", "Secret: ", "<shown>", "\n"]);
});

test("nothing is shown between two questions: the second may be answered before it is asked", async () => {
  const { context, said, paste } = tty();
  const quiet = hush(context.terminal);
  const first = prompt(context, "Client ID: ", false);
  paste("abc-1\n");
  assert.equal(await first, "abc-1");
  paste("shh\n");
  assert.equal(await prompt(context, "Secret: ", true), "shh");
  quiet.end();
  assert.doesNotMatch(said.join(""), /shh/);
  assert.equal(said.at(-1), "<shown>");
});
