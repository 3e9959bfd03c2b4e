import assert from "node:assert/strict";
import { test } from "node:test";
import { licenseWords as words } from "../text/licenses.ts";
import { draftOf, noPrice, pricesOf, purchasedOf, rulesOf, typesIn, wrongIn } from "./draft.ts";

const rules = [
  { level: "site_admin", status: "active", type: "Site Admin" },
  { level: "basic", status: "active", type: null },
] as const;

test("rules come back from their draft as they were, and an empty type is none", () => {
  assert.deepEqual(rulesOf(draftOf(rules)), rules);
  assert.deepEqual(rulesOf([{ key: 0, level: "basic", status: "active", type: "  " }])[0]!.type, null);
});

test("types are named once, trimmed, in their order", () => {
  const types = ["Full", " Full ", "", "Basic"];
  const draft = types.map((type, key) => ({ key, level: "basic", status: "active", type }) as const);
  assert.deepEqual(typesIn(draft), ["Full", "Basic"]);
});

for (const [name, change, expected] of [
  ["nothing typed", {}, {}],
  ["a whole line", { purchased: "200", price: "95,50", currency: "eur" }, {}],
  ["blanks around it", { purchased: " 200 ", price: " 95.5 ", currency: " EUR " }, {}],
  ["a count in words", { purchased: "many" }, { purchased: words.needsNumber }],
  ["a count below zero", { purchased: "-1" }, { purchased: words.needsNumber }],
  ["half a license", { purchased: "1.5" }, { purchased: words.needsNumber }],
  ["a price with three decimals", { price: "9.999", currency: "EUR" }, { price: words.needsPrice }],
  ["a price with its sign", { price: "€ 9", currency: "EUR" }, { price: words.needsPrice }],
  ["a price without a currency", { price: "9" }, { currency: words.needsCurrency }],
  ["a currency in words", { price: "9", currency: "Euro" }, { currency: words.needsCurrency }],
] as const) {
  test(`what is wrong in a license's figures: ${name}`, () => {
    assert.deepEqual(wrongIn({ ...noPrice, ...change }), expected);
  });
}

for (const [name, typed, expected] of [
  ["nothing", {}, { purchased: null, priceCents: null, currency: null }],
  ["zero is a count", { purchased: "0" }, { purchased: 0, priceCents: null, currency: null }],
  [
    "a price with a comma",
    { price: "95,5", currency: "eur" },
    { purchased: null, priceCents: 9550, currency: "EUR" },
  ],
  [
    "a price that binary halves miss",
    { price: "1.15", currency: "EUR" },
    { purchased: null, priceCents: 115, currency: "EUR" },
  ],
] as const) {
  test(`what is saved of a license's figures: ${name}`, () => {
    const prices = { Full: { ...noPrice, ...typed } };
    assert.deepEqual(purchasedOf(["Full"], prices), [{ type: "Full", ...expected }]);
  });
}

test("figures come back as they were typed", () => {
  const saved = [{ type: "Full", purchased: 0, priceCents: 9550, currency: "EUR" }];
  assert.deepEqual(pricesOf(saved), { Full: { purchased: "0", price: "95.5", currency: "EUR" } });
  assert.deepEqual(purchasedOf(["Full"], pricesOf(saved)), saved);
});
