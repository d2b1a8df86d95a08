/**
 * Works through what a generator yields, `limit` at once: the next is asked for only when one is finished, so that no
 * more than that many are held however long the source is. Rejects with the first failure of the source or the work.
 */
export async function sideBySide<T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const items = generate(source);
  const worker = async () => {
    for (;;) {
      const next = await items.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
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
