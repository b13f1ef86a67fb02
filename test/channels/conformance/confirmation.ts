import { agrees } from '../../../src/domain/attempt.ts';
import type { Conformant, Rig } from '../rig.ts';

/** What a confirmation does wherever there is one; `prepared` makes an order that can be confirmed now. */
// eslint-disable-next-line jest/no-export -- a part of chapters of the suite in ../conformance.ts
export function confirmations(
  { channel }: Conformant,
  opened: () => Rig,
  prepared: (rig: Rig) => Promise<ReturnType<Rig['order']>>,
): void {
  test('takes the money and says so as a query does', async () => {
    const rig = opened();
    const order = await prepared(rig);
    const answer = await channel.confirm!(rig.call(), order);
    expect(answer).toEqual(await channel.query(rig.call(), order));
    if (answer.kind !== 'approved') throw new Error(`confirm: ${JSON.stringify(answer)}`);
    expect(agrees(order, answer.receipt)).toBe(true);
    expect(await rig.books(order)).toMatchObject([{ paid_count: 1, state: 'paid' }]);
  });

  test('sent again under its key has the same bytes and charges once', async () => {
    const rig = opened();
    const order = await prepared(rig);
    const from = rig.requests.length;
    const first = await channel.confirm!(rig.call(), order);
    const later = () => new Date(Date.now() + 60_000);
    const again = await channel.confirm!({ ...rig.call(), now: later }, order);
    expect(again).toEqual(first);
    const [one, two] = rig.orderedSince(from);
    expect(two).toEqual(one);
    expect(await rig.books(order)).toMatchObject([{ paid_count: 1 }]);
  });
}
