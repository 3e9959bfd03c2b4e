import assert from "node:assert/strict";
import { test } from "node:test";
import { InfiniteQueryObserver } from "@tanstack/react-query";
import type { ReadPage } from "./behind.ts";
import { invalidate, listed, queries, rowsOf } from "./query.ts";

for (const [loaded, more] of [
  [1, 1],
  [5, 5],
  [6, 0],
] as const) {
  test(`a list with ${loaded} pages loaded: after a change ${more} are asked for again`, async (t) => {
    t.after(() => queries.clear());
    let asked = 0;
    t.mock.method(globalThis, "fetch", async (address: string) => {
      asked += 1;
      const page = Number(new URL(address, "http://localhost").searchParams.get("cursor"));
      return Response.json({ items: [{ id: String(page) }], nextCursor: String(page + 1), total: null });
    });
    const list = listed("listUsers", { params: { c: "1" } });
    const shown = new InfiniteQueryObserver(queries, list);
    t.after(shown.subscribe(() => {}));
    while ((shown.getCurrentResult().data?.pages.length ?? 0) < loaded) await shown.fetchNextPage();
    const before = asked;
    await invalidate("listChanges");
    assert.equal(asked, before, "a change of something else is none of it");
    await invalidate("listUsers");
    assert.equal(asked, before + more);
    // Whoever comes back to the page finds what was there, and that it was changed.
    const back = new InfiniteQueryObserver(queries, list);
    t.after(back.subscribe(() => {}));
    assert.equal(asked, before + more);
    const { data } = back.getCurrentResult();
    assert.deepEqual(
      rowsOf<"listUsers">(data).map(({ id }) => id),
      Array.from({ length: loaded }, (_, page) => String(page)),
    );
    assert.equal((data!.pages[0] as ReadPage).changed, more === 0 ? true : undefined);
  });
}
