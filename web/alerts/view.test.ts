import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_TOPICS } from "../../src/model/alerts/alert.ts";
import type { Destination, Kind } from "../text/alerts.ts";
import {
  addedBody,
  changedBody,
  type Draft,
  draftOf,
  hearsOf,
  newDraft,
  shownDestinations,
  USUAL_TOPICS,
  wrongIn,
} from "./view.ts";

const draft = (facts: Partial<Draft> = {}): Draft => ({
  ...newDraft("Europe/Zurich"),
  name: "Team",
  ...facts,
});
const destination = (facts: Partial<Destination> = {}) =>
  ({
    id: 1,
    channel: "slack",
    name: "Team",
    own: false,
    owner: null,
    mine: false,
    where: "hooks.slack.com",
    topics: USUAL_TOPICS,
    connections: null,
    zone: "UTC",
    hour: 8,
    quiet: null,
    on: true,
    ...facts,
  }) as Destination;

test("the usual topics are those of the server", () => assert.deepEqual(USUAL_TOPICS, DEFAULT_TOPICS));

for (const [name, kind, facts, kept, wrong] of [
  ["one's own needs nothing but a name", "own", {}, false, []],
  ["a name of blanks", "own", { name: "  " }, false, ["name"]],
  ["an address that is none", "email", { address: "team" }, false, ["address"]],
  ["an address", "email", { address: " team@example.com " }, false, []],
  ["no webhook", "slack", {}, false, ["url"]],
  ["no new webhook where there is one", "slack", {}, true, []],
  ["a webhook that is none", "teams", { url: "hooks.slack.com/x" }, true, ["url"]],
  ["a webhook", "webhook", { url: "https://example.com/hook" }, false, []],
  ["limited to nothing", "own", { connections: [] }, false, ["connections"]],
  ["quiet for no time", "own", { quiet: { from: "22:00", to: "22:00" } }, false, ["quiet"]],
  ["quiet from when?", "own", { quiet: { from: "", to: "07:00" } }, false, ["quiet"]],
  ["quiet over midnight", "own", { quiet: { from: "22:00", to: "07:00" } }, false, []],
] as [string, Kind, Partial<Draft>, boolean, string[]][]) {
  test(`a draft: ${name}`, () => assert.deepEqual(wrongIn(draft(facts), kind, kept), wrong));
}

test("what is sent for a new destination has the address that its kind takes, and no other", () => {
  const typed = draft({ address: "team@example.com", url: " https://example.com/hook " });
  const to = (kind: Kind) => {
    const { channel, own, address, url } = addedBody(typed, kind);
    return [channel, own, address, url];
  };
  assert.deepEqual(to("own"), ["email", true, undefined, undefined]);
  assert.deepEqual(to("email"), ["email", false, "team@example.com", undefined]);
  assert.deepEqual(to("webhook"), ["webhook", false, undefined, "https://example.com/hook"]);
});

test("a change sends an address only where another one was typed; connections that are gone are left out", () => {
  const slack = destination({ connections: [1, 2] });
  const drafted = draftOf(slack, [2, 3]);
  assert.deepEqual(drafted.connections, [2]);
  assert.equal("url" in changedBody(drafted, slack), false);
  assert.equal(changedBody({ ...drafted, url: "https://x.example" }, slack).url, "https://x.example");
  const mail = destination({ channel: "email", where: "a@example.com" });
  assert.equal("address" in changedBody(draftOf(mail, []), mail), false);
  assert.equal(
    changedBody({ ...draftOf(mail, []), address: "b@example.com" }, mail).address,
    "b@example.com",
  );
});

test("what it hears of, in short", () => {
  assert.equal(hearsOf(USUAL_TOPICS), "5 at once, 2 daily, 1 weekly");
  const nothing = Object.fromEntries(Object.keys(USUAL_TOPICS).map((topic) => [topic, "never"]));
  assert.equal(hearsOf(nothing as typeof USUAL_TOPICS), "Nothing");
});

test("found by name, address and owner", () => {
  const all = [
    destination(),
    destination({ id: 2, name: "Mine", where: "m@example.com", owner: { id: 1, name: "Ines" } }),
  ];
  for (const [search, ids] of [
    ["", [1, 2]],
    ["SLACK", [1]],
    ["ines", [2]],
    ["nobody", []],
  ] as const) {
    assert.deepEqual(
      shownDestinations(all, search).map(({ id }) => id),
      ids,
    );
  }
});
