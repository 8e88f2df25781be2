/** What came of work that nobody may be kept waiting for. */
export type InTime<T> =
  | { readonly came: true; readonly value: T }
  | { readonly came: false /** Null: it is still going on. */; readonly error: unknown };

/** Waits for `work` for at most `ms` of real time. Never throws; what comes later is dropped. */
export async function inTime<T>(work: () => T | Promise<T>, ms: number): Promise<InTime<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<InTime<T>>((resolve) => {
    timer = setTimeout(() => resolve({ came: false, error: null }), ms);
  });
  const done = (async (): Promise<InTime<T>> => ({ came: true, value: await work() }))().catch(
    (error: unknown): InTime<T> => ({ came: false, error: error ?? new Error('it failed without a reason') }),
  );
  const first = await Promise.race([done, late]);
  clearTimeout(timer);
  return first;
}
