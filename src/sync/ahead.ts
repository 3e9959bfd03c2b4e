/**
 * Pulls one item ahead, so that the next answer is on its way while the last one is stored.
 * Ending early ends the source, and waits for the item under way.
 */
export async function* ahead<T>(source: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      next.catch(() => {}); // told when it is awaited; until then it is not unhandled
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await source.return();
  }
}
