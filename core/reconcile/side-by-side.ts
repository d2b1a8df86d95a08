/**
 * Works through what a generator yields, `limit` at once: the next is asked for only when one is finished, so that no
 * more than that many are held however long the source is. Rejects with the first failure of the source or the work, when
 * what was under way has come to its end: nothing is begun after a failure, and nothing goes on behind the caller's back.
 */
export async function sideBySide<T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const items = generate(source);
  const failures: unknown[] = [];
  const worker = async () => {
    try {
      while (failures.length === 0) {
        const next = await items.next();
        if (next.done || failures.length > 0) return;
        await work(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length === 0) return;
  // What the source holds open is let go; that this fails as well changes nothing.
  await items.return(undefined).catch(() => undefined);
  throw failures[0];
}

/** An async generator serves several askers in turn; an iterator of another kind need not. */
async function* generate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* source;
}

/** Pages, cut or gathered to lists of `size`; the last may be shorter. */
export async function* inSteps<T>(pages: AsyncIterable<T[]>, size: number): AsyncGenerator<T[]> {
  let step: T[] = [];
  for await (const page of pages) {
    for (const item of page) {
      step.push(item);
      if (step.length < size) continue;
      yield step;
      step = [];
    }
  }
  if (step.length > 0) yield step;
}
