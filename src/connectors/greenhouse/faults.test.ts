/** Answers that are cut, endless or repeated: no row is lost or wrong, and every listing comes to an end. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { suite, type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Page } from "../connector.ts";
import { ConnectorError, RestartListing } from "../errors.ts";
import { exchange } from "../http.ts";
import { parts, readAll, sessionOptions, TEST_SCALE, tinyServer } from "./testing.ts";

const V3 = { kind: "harvest_v3", clientId: "abc-1", secret: "s" } as const;
const V1 = { kind: "harvest_v1", clientId: null, secret: "k" } as const;
const TOKEN = '{"access_token":"a.b.c","expires_in":3600}';

const role = (id: number) => ({ id, name: `ô${id}`, role_type: null });

/** A server of one list. `page` answers each request for it, counted from 1; the token endpoint works. */
async function server(
  t: TestContext,
  page: (response: ServerResponse, n: number, origin: string, path: string) => void,
) {
  let asked = 0;
  const origins = await tinyServer(t, (request, response) => {
    if (request.url === "/token") return void response.end(TOKEN);
    asked += 1;
    page(response, asked, `http://${request.headers.host}`, request.url!);
  });
  return { origins, asked: () => asked };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail("nothing failed"),
    (error) => error as Error,
  );

suite("a page that is cut anywhere", () => {
  const PAGE = Buffer.from(JSON.stringify([role(2)]));
  const LAST = Buffer.from(JSON.stringify([role(1)]));

  /** The end of a body after `at` bytes: its length told, in chunks, or as if it were whole; plain or compressed. */
  const ENDS: [string, boolean, (response: ServerResponse, body: Buffer, at: number) => void][] = [
    [
      "its length told",
      false,
      (response, body, at) => {
        response.writeHead(200, { "content-length": body.length });
        response.write(body.subarray(0, at));
        response.destroy();
      },
    ],
    [
      "in chunks",
      false,
      (response, body, at) => {
        response.writeHead(200);
        response.write(body.subarray(0, at));
        response.destroy();
      },
    ],
    [
      "as if it were whole",
      false,
      (response, body, at) => void response.writeHead(200).end(body.subarray(0, at)),
    ],
    [
      "as if it were whole, compressed",
      true,
      (response, body, at) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(body.subarray(0, at)),
    ],
  ];

  for (const [name, compressed, cut] of ENDS) {
    test(`cut at every byte, ${name}: never a row too few, and never a wrong one`, async (t) => {
      const body = compressed ? gzipSync(PAGE) : PAGE;
      let at = 0;
      let whole = false;
      const { origins } = await server(t, (response, _n, origin, path) => {
        if (path.includes("cursor")) return void response.end(LAST);
        response.setHeader("link", `<${origin}/v3/user_roles?cursor=x>; rel="next"`);
        if (whole) response.setHeader("content-encoding", compressed ? "gzip" : "identity").end(body);
        else cut(response, body, at);
      });
      // The same limiter would count what all of them ask.
      const options = sessionOptions(origins, V3, { timeScale: TEST_SCALE * 1000 });
      const { list } = parts(options);
      for (at = 0; at < body.length; at += 1) {
        const error = await failure(readAll(list("roles")));
        assert.ok(error instanceof ConnectorError, `cut at ${at}: ${error}`);
        assert.match(error.family, /^(unreadable|network)$/, `cut at ${at}`);
      }
      whole = true;
      const { records } = await readAll(list("roles"));
      assert.deepEqual(
        records.map(({ id, name }) => [id, name]),
        [2, 1].map((id) => [String(id), `ô${id}`]),
      );
    });
  }
});

suite("rows that come twice", () => {
  /** A list in these pages, by the ids of their rows. */
  const listOf = async (t: TestContext, pages: number[][]) => {
    const { origins, asked } = await server(t, (response, _n, origin, path) => {
      const at = Number(new URL(path, origin).searchParams.get("cursor") ?? 0);
      if (at + 1 < pages.length)
        response.setHeader("link", `<${origin}/v3/user_roles?cursor=${at + 1}>; rel="next"`);
      response.end(JSON.stringify(pages[at]!.map(role)));
    });
    return { ...parts(sessionOptions(origins, V3)), asked };
  };

  test("the end of a page, once more on the next: read once, in one listing, and in order", async (t) => {
    const { list, asked } = await listOf(t, [[9, 8, 7], [8, 7, 6, 5], [6, 5, 4], [4]]);
    const { records, pages } = await readAll(list("roles"));
    assert.deepEqual(
      records.map(({ id }) => id),
      ["9", "8", "7", "6", "5", "4"],
    );
    assert.deepEqual(
      pages.map(({ covers }) => covers),
      [
        { by: "ids", from: "7", to: null },
        { by: "ids", from: "5", to: "7" },
        { by: "ids", from: "4", to: "5" },
        { by: "ids", from: "0", to: "4" },
      ],
    );
    assert.equal(asked(), 4);
  });

  for (const [name, pages, resumed, reason] of [
    [
      "after a kill, where the page before isn't known",
      [
        [9, 8, 7],
        [8, 7, 6, 5],
      ],
      true,
      "cursor_expired",
    ],
    ["a whole page in the place of another", [[9, 8, 7], [9, 8, 7], [3]], false, "out_of_order"],
    [
      "rows of two pages before",
      [
        [9, 8],
        [7, 6],
        [9, 5],
      ],
      false,
      "out_of_order",
    ],
  ] as [string, number[][], boolean, string][]) {
    test(`${name}: the listing starts over`, async (t) => {
      const { list } = await listOf(t, pages);
      const first = (await list("roles").next()).value as Page<unknown>;
      const resume = resumed ? first.next : null;
      const error = await failure(readAll(list("roles", { resume })));
      assert.equal((error as RestartListing).reason, reason);
    });
  }
});

suite("listings that would never end", () => {
  const MOST = 30;

  for (const [name, credential, stream, rows] of [
    ["v3: empty pages, each with another link", V3, "roles", () => []],
    ["v1: empty pages, each with another link", V1, "roles", () => []],
    ["v3: the same page behind ever new links", V3, "roles", () => [role(3), role(2)]],
    ["v1: the same page behind ever new links", V1, "roles", () => [{ id: 3, name: "R", type: "job_admin" }]],
  ] as const) {
    test(`${name}: an error, and no more than ${MOST} requests`, async (t) => {
      const { origins, asked } = await server(t, (response, n, origin, path) => {
        const { pathname } = new URL(path, origin);
        response.setHeader("link", `<${origin}${pathname}?cursor=${n}>; rel="next"`);
        response.end(JSON.stringify(rows()));
      });
      const error = await failure(readAll(parts(sessionOptions(origins, credential)).list(stream)));
      assert.ok(error instanceof ConnectorError || error instanceof RestartListing, String(error));
      assert.match(error.message, /never end|descending|another page/);
      assert.ok(asked() <= MOST, `${asked()} requests`);
    });
  }

  test("v1: a page in another's place: the listing starts over, no row is taken for absent", async (t) => {
    const { origins } = await server(t, (response, n, origin) => {
      const row = (id: number) => ({ id, name: `R${id}`, type: "job_admin" });
      if (n === 1) response.setHeader("link", `<${origin}/v1/user_roles?page=2>; rel="next"`);
      response.end(JSON.stringify([row(1), row(2)]));
    });
    const error = await failure(readAll(parts(sessionOptions(origins, V1)).list("roles")));
    assert.ok(error instanceof RestartListing, String(error));
  });

  test("a body without an end is cut off at its limit", async (t) => {
    const { origins } = await server(t, (response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, "[")));
      };
      response.on("drain", more);
      more();
    });
    const error = await failure(
      exchange({
        method: "GET",
        url: new URL("/v3/users", origins.harvest),
        headers: {},
        origins: [origins.harvest],
        maxBytes: 1_000_000,
        idleMs: 20_000,
        totalMs: 20_000,
        signal: new AbortController().signal,
        now: Date.now,
      }),
    );
    assert.ok(error instanceof ConnectorError && error.fault === "too_large", String(error));
  });
});

suite("our clock is moved in the middle of a listing", () => {
  for (const [name, hours] of [
    ["back by an hour", -1],
    ["on by an hour", 1],
    ["back by a day", -24],
  ] as const) {
    test(`${name}: a wait goes on as long as told, and no longer`, async (t) => {
      let moved = 0;
      const { origins } = await server(t, (response, n) => {
        if (n > 1) return void response.end(JSON.stringify([role(1)]));
        response.writeHead(429, { "retry-after": "0.2" }).end();
      });
      const options = sessionOptions(origins, V3, {
        now: () => Date.now() + moved,
        onProgress: ({ waitingUntil }) => {
          if (waitingUntil !== null) moved = hours * 3_600_000;
        },
      });
      const { list, caller } = parts(options);
      const { records } = await readAll(list("roles"));
      assert.equal(records.length, 1);
      assert.equal(caller.meter.throttled, 1);
    });
  }
});
