/** Server-sent events: one format for everything that the API streams. */
import { Readable } from "node:stream";
import { z } from "zod";
import type { errorBody } from "../errors.ts";

/** A comment now and then keeps proxies from closing a quiet stream. */
const HEARTBEAT_MS = 15_000;

/**
 * The items of a generator as `data:` lines, checked against their schema; a failure after the start becomes an
 * `event: error` with the body that a failed request has.
 *
 * @param first the item already taken, so that a refusal at the start is still a plain answer
 */
export function eventStream(
  first: IteratorResult<unknown, unknown>,
  rest: AsyncGenerator<unknown, unknown, void>,
  schema: z.ZodType,
  failed: (error: unknown) => ReturnType<typeof errorBody>,
): Readable {
  return Readable.from(lines(first, rest, schema, failed), { objectMode: false });
}

async function* lines(
  first: IteratorResult<unknown, unknown>,
  rest: AsyncGenerator<unknown, unknown, void>,
  schema: z.ZodType,
  failed: (error: unknown) => ReturnType<typeof errorBody>,
): AsyncGenerator<string, void, void> {
  try {
    for (let item = first; !item.done; ) {
      yield `data: ${JSON.stringify(z.encode(schema, item.value))}\n\n`;
      const next = rest.next();
      let settled = await orQuiet(next);
      for (; settled === null; settled = await orQuiet(next)) yield ": waiting\n\n";
      item = settled;
    }
  } catch (error) {
    yield `event: error\ndata: ${JSON.stringify(failed(error))}\n\n`;
  } finally {
    // The client may have gone in the middle; the generator's own signal ends what it waits for.
    void rest.return(undefined).catch(() => {});
  }
}

async function orQuiet<T>(next: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, HEARTBEAT_MS, null);
  });
  try {
    return await Promise.race([next, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
