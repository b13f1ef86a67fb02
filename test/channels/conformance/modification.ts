import type { CaptureOrder, Order } from '../../../src/channels/order.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { type Conformant, eventually, Rig } from '../rig.ts';

/**
 * Where nobody can be asked: captures, voids and refunds are only accepted. What becomes of them is told by notice, each by
 * our number, and stands in the channel's books.
 */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function modifications(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });
  const capture = (part: CaptureOrder) => channel.capture!(rig.call(), part);
  const release = (order: Order) => channel.void!(rig.call(), order);
  const settled = (order: Order, so: object) =>
    eventually(async () => {
      const [book] = await rig.books(order);
      return Object.entries(so).every(([name, value]) => book[name] === value);
    });

  describe('a hold of which nobody can ask', () => {
    test('is told with its end, takes no money, and a notice says the same', async () => {
      const order = rig.order({ capture: 'manual' });
      const answer = await channel.create(rig.call(), order);
      expect(answer).toMatchObject({ kind: 'held', held: 1_999, captured: 0, currency: order.currency, is_over: false });
      if (answer.kind !== 'held') throw new Error('no hold');
      const { channel_reference, ends_at } = answer;
      expect(Date.parse(ends_at ?? '')).toBeGreaterThan(Date.now());
      expect(await rig.told(order.reference, ['authorised'])).toMatchObject({ channel_reference, amount: 1_999 });
      expect(await rig.books(order)).toMatchObject([{ state: 'held', captured: 0, channel_reference }]);
    });

    test('is captured once by one capture, however often it is sent, in the same bytes, and the notice names it', async () => {
      const order = await rig.held();
      const part = rig.captureOf(order, 500, { is_final: true });
      const from = rig.requests.length;
      for (let times = 0; times < 2; times += 1) expect(await capture(part)).toEqual({ kind: 'pending' });
      const [one, two] = rig.orderedSince(from);
      expect(two).toEqual(one);
      const told = await rig.told(part.capture_reference, ['captured']);
      expect(told).toMatchObject({ amount: 500, currency: order.currency });
      await settled(order, { captured: 500, paid_count: 1 });
    });

    test('gives no more than it holds: the notice of that capture says so', async () => {
      const order = await rig.held();
      const part = rig.captureOf(order, 2_000, { is_final: true });
      await capture(part);
      expect(await rig.told(part.capture_reference, ['declined'])).toMatchObject({ failure: { channel_code: expect.any(String) } });
      expect(await rig.books(order)).toMatchObject([{ state: 'held', captured: 0 }]);
    });

    test('of which nothing was captured is released, and a notice says that it is over', async () => {
      const order = await rig.held();
      expect(await release(order)).toEqual({ kind: 'closed' });
      await rig.told(order.reference, ['closed']);
      expect(await rig.books(order)).toMatchObject([{ state: 'closed', captured: 0 }]);
    });

    test('that is over is neither captured nor released', async () => {
      const order = await rig.held();
      const part = rig.captureOf(order, 500, { is_final: true });
      await capture(part);
      await rig.told(part.capture_reference, ['captured']);
      const more = rig.captureOf(order, 100, { captured_before: toMinor(500) });
      await capture(more);
      await rig.told(more.capture_reference, ['declined']);
      await release(order);
      expect(await rig.books(order)).toMatchObject([{ state: 'paid', captured: 500 }]);
    });

    test('that nobody captured in time ends by itself, and a notice says so', async () => {
      const short = await Rig.open(given, { SANDBOX_HOLD_S: '2' });
      try {
        const order = await short.held();
        const heard = await short.nextCallback(0, given.notices.holdEnded!);
        expect(short.read(heard)).toMatchObject({ kind: 'attempt', reference: order.reference, answer: { kind: 'closed' } });
      } finally {
        await short.sandbox.close();
      }
    });
  });

  describe('a refund of which nobody can ask', () => {
    test('is accepted, happens once however often it is sent, in the same bytes, and the notice names it', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt, { amount: toMinor(500) });
      const from = rig.requests.length;
      const first = await channel.refund(rig.call(), refund);
      expect(first).toMatchObject({ kind: 'refund', status: 'processing', amount: 500, currency: order.currency });
      expect(await channel.refund(rig.call(), refund)).toEqual(first);
      const [one, two] = rig.orderedSince(from);
      expect(two).toEqual(one);
      expect(await rig.told(refund.reference, ['refund'])).toMatchObject({ status: 'succeeded', amount: 500 });
      expect((await rig.books(order))[0]).toMatchObject({ refunded: 500, refunds: [{ amount: 500 }] });
    });

    test('of more than is left has failed, with the channel’s own words', async () => {
      const { order, receipt } = await rig.paid();
      const all = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), all);
      await rig.told(all.reference, ['refund']);
      const more = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), more);
      expect(await rig.told(more.reference, ['refund'])).toMatchObject({ status: 'failed', failure: { channel_code: expect.any(String) } });
      expect((await rig.books(order))[0]).toMatchObject({ refunded: order.amount });
    });

    test('of a captured part goes back up to that part', async () => {
      const order = await rig.held();
      const part = rig.captureOf(order, 500, { is_final: true });
      await capture(part);
      await rig.told(part.capture_reference, ['captured']);
      const receipt = { channel_reference: part.capture_reference, amount: part.capture_amount, currency: order.currency, paid_at: '' };
      const refund = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), refund);
      expect(await rig.told(refund.reference, ['refund'])).toMatchObject({ status: 'succeeded', amount: 500 });
    });

    test('that a bank returned has failed after it had succeeded', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), refund);
      await rig.told(refund.reference, ['refund']);
      const known = rig.sandbox.callbacks.length;
      await rig.payer(order, { action: 'bounce_refund', refund: refund.reference });
      const returned = rig.read(await rig.nextCallback(known, new RegExp(refund.reference)));
      expect(returned).toMatchObject({ kind: 'refund', reference: refund.reference, answer: { status: 'failed' } });
    });
  });
} // prettier-ignore
