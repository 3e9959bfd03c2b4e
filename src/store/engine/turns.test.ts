import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

test("so many at once, the others in line; a turn that was refused is nobody's", async () => {
  const turns = new Turns(2);
  const order: string[] = [];
  const come = (name: string) =>
    turns.take().then(
      () => order.push(name),
      (error: Error) => order.push(`${name}: ${error.message}`),
    );
  await Promise.all([come("a"), come("b")]);
  const [third, fourth] = [come("c"), come("d")];
  assert.deepEqual(order, ["a", "b"]);
  turns.giveBack();
  await third;
  turns.refuse(new Error("away"));
  await fourth;
  turns.giveBack();
  await come("e");
  const last = come("f");
  turns.giveBack();
  await last;
  assert.deepEqual(order, ["a", "b", "c", "d: away", "e", "f"]);
});
