import type { Order } from '../../../src/channels/order.ts';
import { agrees } from '../../../src/domain/attempt.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { type Conformant, eventually, receiptsIn, Rig } from '../rig.ts';

/** The channel's numbers under which money was authorised for this order, as its notices tell them. */
function numbersIn(rig: Rig, { reference }: Order): string[] {
  return rig.readings().flatMap((reading) =>
    reading.kind === 'attempt' && reading.reference === reference && reading.answer.kind === 'authorised'
      ? [reading.answer.channel_reference]
      : [],
  );
} // prettier-ignore

/**
 * Where nobody can be asked (decision 0030): the answer to a call says what became of it, or a notice does, or a report, and the
 * channel's books are the witness of all three. Its cards are those of the contract (section 7).
 */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function tellings(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });
  const create = (order: ReturnType<Rig['order']>, ms?: number) =>
    channel.create(rig.call(ms), order);
  const confirm = (order: ReturnType<Rig['order']>) => channel.confirm!(rig.call(), order);

  describe('an order of which nobody can ask', () => {
    test('is taken as it is made, with the channel’s number, time and exactly the amount, and a notice says the same', async () => {
      const { order, receipt } = await rig.paid();
      const { channel_reference } = receipt;
      expect(agrees(order, receipt)).toBe(true);
      expect(Math.abs(Date.parse(receipt.paid_at) - Date.now())).toBeLessThan(60_000);
      expect(await rig.books(order)).toMatchObject([{ channel_reference, paid_count: 1 }]);
      const told = await rig.told(order.reference, ['authorised']);
      expect(receiptsIn(told)).toMatchObject([{ channel_reference, amount: order.amount, currency: order.currency }]);
    });

    test('sent again has the same bytes and the same answer, and is one order', async () => {
      const order = rig.order();
      const from = rig.requests.length;
      const first: any = await create(order);
      const later = () => new Date(Date.now() + 60_000);
      const again: any = await channel.create({ ...rig.call(), now: later }, order);
      expect(again.receipt.channel_reference).toBe(first.receipt.channel_reference);
      const [one, two] = rig.orderedSince(from);
      expect(two).toEqual(one);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 1 }]);
    });

    test.each([...given.amounts])('can be of %d minor units', async (amount) => {
      const { order, receipt } = await rig.paid(rig.order({ amount: toMinor(amount) }));
      expect([receipt.amount, (await rig.books(order))[0].captured]).toEqual([amount, amount]);
    });

    test.each(['x'.repeat(500), '票'.repeat(500), '🎫'.repeat(500), '"\\\n\t\u2028', '\ud800'])(
      'can be described as %j',
      async (description) => {
        await rig.paid(rig.order({ description }));
      },
    );

    test.each([
      ['tok_insufficient_funds', 'insufficient_funds'],
      ['tok_declined', 'card_declined'],
      ['tok_expired', 'expired_card'],
      ['tok_fraud', 'fraud_suspected'],
    ])('with %s is declined for %s, and a notice says the same', async (token, code) => {
      const order = rig.order({ token });
      const declined = { kind: 'declined', failure: { code, channel_code: expect.stringMatching(/./) } };
      expect(await create(order)).toMatchObject(declined);
      expect(await rig.told(order.reference, ['declined'])).toMatchObject(declined);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test('may be under way for a while, and a notice says when it is done', async () => {
      const order = rig.order({ token: 'tok_processing' });
      expect(await create(order)).toEqual({ kind: 'pending' });
      const [receipt] = receiptsIn(await rig.told(order.reference, ['authorised']));
      expect(receipt && agrees(order, receipt)).toBe(true);
    });

    test('that was never answered did happen: a notice tells, and a resend takes nothing more', async () => {
      const order = rig.order({ token: 'tok_unknown' });
      for (let times = 0; times < 2; times += 1)
        expect(await create(order, 1_000)).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
      expect(receiptsIn(await rig.told(order.reference, ['authorised']))).toHaveLength(1);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 1 }]);
    });

    test('is asked about in vain while no report is out', async () => {
      const { order, receipt } = await rig.paid();
      const from = rig.requests.length;
      expect((await channel.query(rig.call(), order)).kind).toBe('unknown');
      const refund = rig.refundOf(order, receipt);
      expect((await channel.queryRefund(rig.call(), refund)).kind).toBe('unknown');
      expect(rig.requests.length).toBe(from);
      expect((await channel.close(rig.call(), order)).kind).toBe('refused');
    });
  });

  describe('a second payment under one number, by somebody else', () => {
    const told = (order: Order, beside: string) =>
      eventually(() => Promise.resolve(numbersIn(rig, order).some((number) => number !== beside)));

    test.each(['automatic', 'manual'] as const)('is told by its own number beside one of %s capture, and goes back whole by that, out of nothing else', async (capture) => {
      const order = rig.order({ capture });
      const first = await create(order);
      const own = first.kind === 'held' ? first.channel_reference : receiptsIn(first)[0]!.channel_reference;
      await rig.payer(order, { action: 'pay', force: true });
      await told(order, own);
      const [second = ''] = numbersIn(rig, order).filter((number) => number !== own);
      const receipt = { channel_reference: second, amount: order.amount, currency: order.currency, paid_at: '' };
      const refund = rig.refundOf({ ...order, handle: own }, receipt);
      await channel.refund(rig.call(), refund);
      expect(await rig.told(refund.reference, ['refund'])).toMatchObject({ status: 'succeeded', amount: order.amount });
      const [book] = await rig.books(order);
      expect([book.captured - book.refunded, book.refunds.length]).toEqual([capture === 'manual' ? 0 : 1_999, 1]);
      if (capture === 'manual') return expect(book.state).toBe('held');
      const ours = rig.refundOf({ ...order, handle: own }, { ...receipt, channel_reference: own });
      await channel.refund(rig.call(), ours);
      expect(await rig.told(ours.reference, ['refund'])).toMatchObject({ status: 'succeeded' });
    });

    test('that comes when a hold is given back goes back too', async () => {
      const order = await rig.held();
      await channel.void!(rig.call(), order);
      await rig.told(order.reference, ['closed']);
      await rig.payer(order, { action: 'pay', force: true });
      await told(order, order.handle!);
      const [second = ''] = numbersIn(rig, order).filter((number) => number !== order.handle);
      const receipt = { channel_reference: second, amount: order.amount, currency: order.currency, paid_at: '' };
      const refund = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), refund);
      expect(await rig.told(refund.reference, ['refund'])).toMatchObject({ status: 'succeeded' });
      expect(await rig.books(order)).toMatchObject([{ captured: order.amount, refunded: order.amount }]);
    });
  });

  describe('a payer who is sent elsewhere', () => {
    test('has paid nothing, and is sent to the same place when the same is sent again', async () => {
      const order = rig.order({ token: 'tok_3ds' });
      const page = await create(order);
      expect(page).toMatchObject({
        kind: 'action_required',
        next_action: { type: 'redirect', url: expect.stringMatching(/^https?:/) },
      });
      expect(await create(order)).toEqual(page);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test('brings back what takes his money, once, in the same bytes however often it is sent', async () => {
      const order = await rig.confirmable();
      const from = rig.requests.length;
      const first: any = await confirm(order);
      expect(first).toMatchObject({ kind: 'approved' });
      expect(agrees(order, first.receipt)).toBe(true);
      const again: any = await confirm(order);
      expect(again.receipt.channel_reference).toBe(first.receipt.channel_reference);
      const [one, two] = rig.orderedSince(from);
      expect(two).toEqual(one);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 1, state: 'paid' }]);
      expect(receiptsIn(await rig.told(order.reference, ['authorised']))).toHaveLength(1);
    });

    test('and failed there is declined when he is back', async () => {
      const order = await rig.confirmable(undefined, { action: 'decline' });
      expect(await confirm(order)).toMatchObject({
        kind: 'declined',
        failure: { code: 'authentication_failed' },
      });
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test('takes nothing by what somebody made up, or by what another payer brought', async () => {
      const { order } = await rig.sentElsewhere();
      const other = await rig.confirmable();
      for (const returned of ['made up', other.returned!]) {
        const answer = await confirm({ ...order, returned, channel_key: `${order.reference}.${returned.length}` });
        expect(['refused', 'unknown']).toContain(answer.kind);
      }
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });
  });

  describe('a report', () => {
    test('tells what was taken and what went back; what stands in none never happened, when none is missing', async () => {
      const soon = await Rig.open(given, given.reportsSoon);
      try {
        const names = () =>
          soon.readings().flatMap((reading) => (reading.kind === 'report' ? [reading.name] : []));
        await soon.paid();
        await eventually(() => Promise.resolve(names().length > 0));
        const before = names();
        const { order, receipt } = await soon.paid();
        const refund = soon.refundOf(order, receipt, { amount: toMinor(500) });
        await channel.refund(soon.call(), refund);
        await soon.told(refund.reference, ['refund']);
        const reports = () => ({ names: names().slice(before.length), before, late_ms: 0 });
        const asked = (reference = order.reference) =>
          channel.query(soon.call(), { ...order, reference, reports: reports() });
        await eventually(async () => (await asked()).kind === 'approved');
        expect(receiptsIn(await asked())).toMatchObject([{ ...receipt, paid_at: expect.any(String) }]);
        const back = (reference = refund.reference) =>
          channel.queryRefund(soon.call(), { ...refund, reference, reports: reports() });
        await eventually(async () => (await back()).kind === 'refund');
        expect(await back()).toMatchObject({ status: 'succeeded', amount: 500, currency: order.currency });
        const nobodys = soon.order();
        expect(await asked(nobodys.reference)).toEqual({ kind: 'not_found' });
        expect(await back(soon.refundOf(order, receipt).reference)).toEqual({ kind: 'not_found' });
        for (const less of [{ late_ms: null }, { before: [] }])
          expect((await channel.query(soon.call(), { ...nobodys, reports: { ...reports(), ...less } })).kind).toBe('unknown');
      } finally {
        await soon.sandbox.close();
      }
    });
  });
} // prettier-ignore
