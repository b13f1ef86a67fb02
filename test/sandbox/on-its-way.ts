/** A channel of the sandbox whose callbacks may meet something on their way, and the shop that hears them. */
interface Way<Heard> {
  readonly shop: () => {
    readonly fault: (operation: string, fault: string, given: object) => Promise<unknown>;
    readonly receiver: { readonly until: (count: number) => Promise<readonly Heard[]> };
  };
  /** Brings about one callback. */
  readonly happens: () => Promise<unknown>;
  readonly idOf: (heard: Heard) => string;
  /** The first step of the channel's ladder, scaled, in milliseconds. */
  readonly nextTryMs: number;
}

/** What is the same of every channel: a callback that is dropped, duplicated or delayed comes all the same. */
// eslint-disable-next-line jest/no-export -- run by the tests of each channel that has a ladder
export function comesAllTheSame<Heard>({ shop, happens, idOf, nextTryMs }: Way<Heard>): void {
  const tookMs = async (): Promise<number> => {
    const begun = Date.now();
    await happens();
    await shop().receiver.until(1);
    return Date.now() - begun;
  };

  test('is dropped and comes with the next try', async () => {
    await shop().fault('callback', 'drop', { count: 1 });
    expect(await tookMs()).toBeGreaterThanOrEqual(nextTryMs);
  });

  test('is duplicated and comes as often as copies says', async () => {
    await shop().fault('callback', 'duplicate', { count: 1, copies: 4 });
    await happens();
    const heard = await shop().receiver.until(4);
    expect(new Set(heard.map(idOf)).size).toBe(1);
  });

  test('is delayed and comes after delay_ms', async () => {
    await shop().fault('callback', 'delay', { count: 1, delay_ms: 900 });
    expect(await tookMs()).toBeGreaterThanOrEqual(900);
  });
}
