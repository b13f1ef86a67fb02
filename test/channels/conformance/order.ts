import type { HttpRequest } from '../../../src/channels/exchange.ts';
import { agrees } from '../../../src/domain/attempt.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { type Conformant, drawnBefore, eventually, type Rig } from '../rig.ts';

/** Creating, asking and closing: an order is one order, and only the channel says what became of it. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function orders(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  const made = channel.facts.confirms === 'at_once' ? 'created' : 'action_required';
  /** Before its number is heard nobody can agree to it, so there is nothing to ask. */
  const isAskedByHandle = channel.facts.confirms === 'when_agreed';
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  /** What a request orders: all of it, but for what dates and signs it. */
  const deedOf = ({ method, url, body }: HttpRequest) => {
    const address = new URL(url);
    for (const name of given.envelope) address.searchParams.delete(name);
    return { method, address: address.toString(), body };
  };

  describe('an order', () => {
    test('tells what is to be done next, and stands open until it is', async () => {
      const order = rig.order();
      const answer = await channel.create(rig.call(), order);
      expect(answer).toMatchObject(
        made === 'created'
          ? { kind: made, handle: expect.stringMatching(/./) }
          : { kind: made, next_action: expect.anything() },
      );
      expect(await channel.query(rig.call(), await rig.opened(order))).toEqual({ kind: 'open' });
      expect(await channel.query(rig.call(), await rig.created(order))).toEqual({ kind: 'open' });
    });

    test('made again is the same order with the same number and action, or is not told again', async () => {
      const order = rig.order();
      const told = (answer: any) => answer.handle ?? answer.next_action;
      const at = new Date(); // an action may be signed with its time
      const first = await channel.create({ ...rig.call(), now: () => at }, order);
      const again = await channel.create({ ...rig.call(), now: () => at }, order);
      expect(await rig.books(order)).toHaveLength(1);
      if (rig.isToldOnce) return expect(again.kind).toBe('unknown');
      expect(told(again)).toEqual(told(first));
      expect(again.kind).toBe(made);
    });

    test('sent again has the same bytes', async () => {
      const order = rig.order();
      const from = rig.requests.length;
      await channel.create(rig.call(), order);
      await channel.create({ ...rig.call(), now: () => new Date(Date.now() + 60_000) }, order);
      const [one, two] = rig.orderedSince(from).map(deedOf);
      expect(two).toEqual(one);
    });

    test('whose number was drawn an hour before it could leave is made, and is paid under it', async () => {
      const reference = drawnBefore('att', 3_600_000);
      const calls = [{ run_at: Date.now(), ended: null }];
      const late = rig.order({ reference, channel_key: reference, calls });
      const { order, receipt } = await rig.paid(late);
      expect(await rig.books(order)).toMatchObject([{ reference, paid_count: 1 }]);
      expect(agrees(order, receipt)).toBe(true);
    });

    test('that was paid is told with the channel’s number, time and exactly the amount', async () => {
      const { order, receipt } = await rig.paid();
      const [book] = await rig.books(order);
      expect(book).toMatchObject({ channel_reference: receipt.channel_reference, paid_count: 1 });
      expect(agrees(order, receipt)).toBe(true);
      expect(Math.abs(Date.parse(receipt.paid_at) - Date.now())).toBeLessThan(60_000);
    });

    if (!isAskedByHandle)
      test('that was never made is not found', async () => {
        const order = rig.order();
        expect(await channel.query(rig.call(), order)).toEqual({ kind: 'not_found' });
        expect(await rig.books(order)).toEqual([]);
        expect(await channel.create(rig.call(), order)).toMatchObject({ kind: made });
      });

    if (channel.facts.not_found_means === 'not_opened') {
      test('that nobody has opened is not found, cannot be closed, and is payable all the same', async () => {
        const order = await rig.created();
        expect(await channel.query(rig.call(), order)).toEqual({ kind: 'not_found' });
        expect((await channel.close(rig.call(), order)).kind).toBe('refused');
        expect(await channel.query(rig.call(), order)).toEqual({ kind: 'not_found' });
        await rig.payer(order);
        expect(await rig.taken(order)).toHaveLength(1);
      });

      test('that nobody has opened ends by itself, at the end that it was made with', async () => {
        const ends = Math.ceil(Date.now() / 1_000) * 1_000 + 4_000;
        const order = await rig.created(rig.order({ expires_at: new Date(ends).toISOString() }));
        await eventually(() => Promise.resolve(Date.now() > ends));
        await expect(rig.payer(order)).rejects.toThrow('409');
        expect(await channel.query(rig.call(), order)).toEqual({ kind: 'not_found' });
      });
    }

    test.each([...given.amounts])('can be of %d minor units', async (amount) => {
      const { order, receipt } = await rig.paid(rig.order({ amount: toMinor(amount) }));
      expect([receipt.amount, (await rig.books(order))[0].captured]).toEqual([amount, amount]);
    });

    test.each(['x'.repeat(500), '票'.repeat(500), '🎫'.repeat(500), '"\\\n\t\u2028', '\ud800'])(
      'can be described as %j',
      async (description) => {
        await rig.created(rig.order({ description }));
      },
    );
  });

  if (channel.facts.confirms === 'when_agreed') return; // what nobody confirmed needs no close (decision 0029)
  describe('a close', () => {
    if (given.neverCloses) {
      test('is refused and leaves the order payable, which ends by itself', async () => {
        const ends = Math.ceil(Date.now() / 1_000) * 1_000 + 6_000;
        const order = await rig.opened(rig.order({ expires_at: new Date(ends).toISOString() }));
        const from = rig.requests.length;
        expect((await channel.close(rig.call(), order)).kind).toBe('refused');
        expect(rig.requests.slice(from)).toEqual([]);
        expect(await channel.query(rig.call(), order)).toEqual({ kind: 'open' });
        await eventually(() => Promise.resolve(Date.now() > ends));
        await expect(rig.payer(order)).rejects.toThrow('409');
        const muchLater = { ...rig.call(), now: () => new Date(ends + 600_000) };
        expect(await channel.query(muchLater, order)).toEqual({ kind: 'closed' });
        await rig.payer(order, { action: 'pay', force: true });
        expect(await rig.taken(order)).toHaveLength(1);
      });
      return;
    }

    test('proves by a query that the order takes no more money', async () => {
      expect(channel.facts.closed_when).toBe('query_says_closed');
      const order = await rig.opened();
      expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'closed' });
      await expect(rig.payer(order)).rejects.toThrow('409');
    });

    test('of a paid order is refused, or the end of what else may come, and the money is told', async () => {
      const { order, receipt } = await rig.paid();
      const { kind } = await channel.close(rig.call(), order);
      expect(kind).toBe(given.credits ? 'closed' : 'refused');
      expect(await rig.taken(order)).toEqual([receipt]);
    });

    test('that races with the payer never hides the money', async () => {
      const order = await rig.opened();
      await rig.fault('close', 'pay_during_close');
      const answer = await channel.close(rig.call(), order);
      expect(answer.kind).not.toBe('never_sent');
      expect(await rig.taken(order)).toHaveLength(1);
    });

    test('of an order that was never made is no yes', async () => {
      const handle = channel.facts.confirms === 'at_once' ? 'pi_00000000000000000000' : null;
      const answer = await channel.close(rig.call(), rig.order({ handle }));
      expect(answer.kind).not.toBe('closed');
    });

    test('is not undone by making the order again', async () => {
      const order = await rig.opened();
      await channel.close(rig.call(), order);
      const again = await channel.create(rig.call(), order);
      expect(['unknown', 'declined', 'created']).toContain(again.kind); // made is not yet confirmed
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'closed' });
    });

    test('does not hide money that the channel took all the same', async () => {
      const order = await rig.opened();
      await channel.close(rig.call(), order);
      await rig.payer(order, { action: 'pay', force: true });
      expect(await rig.taken(order)).toHaveLength(1);
    });
  });
}
