import type { CaptureOrder, Order } from '../../../src/channels/order.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { type Conformant, eventually, Rig } from '../rig.ts';

/** Where money can be held first: what is taken of it, what is given back, and when the hold is over. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function holds(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  const heldBy = async (on: Rig, more: Partial<Order> = {}) => {
    const order = await on.confirmable(on.order({ capture: 'manual', ...more }));
    return { order, answer: await channel.confirm!(on.call(), order) };
  };
  const held = async (more?: Partial<Order>) => (await heldBy(rig, more)).order;
  const capture = (part: CaptureOrder) => channel.capture!(rig.call(), part);
  const asked = (order: Order) => channel.query(rig.call(), order);
  const state = (captured: number, is_over: boolean) => ({
    kind: 'held',
    held: 1_999,
    captured,
    is_over,
  });

  describe('a hold', () => {
    test('is told with its end, and takes no money', async () => {
      const { order, answer } = await heldBy(rig);
      expect(answer).toMatchObject({ ...state(0, false), currency: order.currency });
      if (answer.kind !== 'held') throw new Error('no hold');
      expect(Date.parse(answer.ends_at ?? '')).toBeGreaterThan(Date.now());
      expect(await asked(order)).toEqual(answer);
      const [book] = await rig.books(order);
      expect(book).toMatchObject({ state: 'held', captured: 0 });
      // Where an order is agreed to first it is the order's number, and the hold has one of its own beside it.
      if (channel.facts.confirms === 'at_once')
        expect(book.channel_reference).toBe(answer.channel_reference);
    });

    test.each([true, false])('is over when all of it is captured, final %s', async (is_final) => {
      const order = await held();
      const answer = await capture(rig.captureOf(order, 1_999, { is_final }));
      expect(answer).toMatchObject({ ...state(1_999, true), ends_at: null });
      expect(await asked(order)).toEqual(answer);
      expect(await rig.books(order)).toMatchObject([{ state: 'paid', captured: 1_999 }]);
    });

    test('is captured in parts, and a final one gives the rest back', async () => {
      const order = await held();
      const [a, b] = [rig.captureOf(order, 500), rig.captureOf(order, 300)];
      expect(await capture(a)).toMatchObject(state(500, false));
      expect(await capture({ ...b, captured_before: toMinor(500) })).toMatchObject(
        state(800, false),
      );
      expect(await asked(order)).toMatchObject(state(800, false));
      const last = { captured_before: toMinor(800), is_final: true };
      expect(await capture(rig.captureOf(order, 100, last))).toMatchObject(state(900, true));
      expect(await asked(order)).toMatchObject(state(900, true));
      expect(await rig.books(order)).toMatchObject([{ captured: 900, paid_count: 1 }]);
    });

    test('is captured once by one capture, however often it is sent, in the same bytes', async () => {
      const order = await held();
      const part = rig.captureOf(order, 500);
      const from = rig.requests.length;
      const first = await capture(part);
      expect(await capture(part)).toEqual(first);
      const [one, two] = rig.orderedSince(from);
      expect(two).toEqual(one);
      expect(await asked(order)).toMatchObject(state(500, false));
    });

    test('gives no more than it holds', async () => {
      const order = await held();
      const { kind } = await capture(rig.captureOf(order, 2_000, { is_final: true }));
      expect(['declined', 'refused']).toContain(kind);
      expect(await asked(order)).toMatchObject(state(0, false));
    });

    test('of which nothing was captured is released, and closed', async () => {
      const order = await held();
      expect(await channel.void!(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await asked(order)).toEqual({ kind: 'closed' });
      expect(await rig.books(order)).toMatchObject([{ state: 'closed', captured: 0 }]);
    });

    test('of which a part was captured keeps that part when it is released', async () => {
      const order = await held();
      await capture(rig.captureOf(order, 500));
      expect(await channel.void!(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await asked(order)).toMatchObject(state(500, true));
      expect(await rig.books(order)).toMatchObject([{ state: 'paid', captured: 500 }]);
    });

    if (channel.facts.increments) {
      test('is raised once by one increment, however often it is sent, in the same bytes', async () => {
        const order = await held();
        const more = rig.incrementOf(order, 2_999);
        const raised = { ...state(0, false), held: 2_999 };
        const from = rig.requests.length;
        expect(await channel.increment!(rig.call(), more)).toMatchObject(raised);
        expect(await channel.increment!(rig.call(), more)).toMatchObject(raised);
        const [one, two] = rig.orderedSince(from);
        expect(two).toEqual(one);
        expect(await asked({ ...order, amount: toMinor(2_999) })).toMatchObject(raised);
        const all = rig.captureOf({ ...order, amount: toMinor(2_999) }, 2_999);
        expect(await capture(all)).toMatchObject({ captured: 2_999, is_over: true });
        expect(await rig.books(order)).toMatchObject([{ captured: 2_999, paid_count: 1 }]);
      });

      test('is not raised to what it holds, nor once it is over', async () => {
        const order = await held();
        const same = await channel.increment!(rig.call(), rig.incrementOf(order, 1_999));
        expect(same.kind).toBe('declined');
        expect(await asked(order)).toMatchObject(state(0, false));
        await channel.void!(rig.call(), order);
        const late = await channel.increment!(rig.call(), rig.incrementOf(order, 2_999));
        expect(late.kind).toBe('declined');
        expect(await asked(order)).toEqual({ kind: 'closed' });
      });
    }

    test('that is over is neither captured nor released: ask', async () => {
      const order = await held();
      await capture(rig.captureOf(order, 500, { is_final: true }));
      const more = rig.captureOf(order, 100, { captured_before: toMinor(500) });
      expect((await capture(more)).kind).toBe('refused');
      expect((await channel.void!(rig.call(), order)).kind).toBe('refused');
      expect(await asked(order)).toMatchObject(state(500, true));
    });

    if (channel.facts.confirms === 'at_once')
      test('can need the payer first', async () => {
        const order = await held({ token: 'tok_3ds' });
        expect((await asked(order)).kind).toBe('action_required');
        await rig.payer(order, { action: 'authenticate' });
        expect(await asked(order)).toMatchObject(state(0, false));
      });

    test('is paid back by the order’s number, up to what was captured', async () => {
      const order = await held();
      const part = rig.captureOf(order, 500, { is_final: true });
      await capture(part);
      const receipt = {
        channel_reference: part.capture_reference, // ours: the channel has one number for all captures
        amount: part.capture_amount,
        currency: order.currency,
        paid_at: new Date().toISOString(),
      };
      const refund = rig.refundOf(order, receipt);
      expect(await channel.refund(rig.call(), refund)).toMatchObject({ kind: 'refund' });
      expect((await channel.refund(rig.call(), rig.refundOf(order, receipt))).kind).toBe(
        'declined',
      );
      await eventually(async () => (await rig.books(order))[0].refunded === 500);
      expect(await asked(order)).toMatchObject(state(500, true));
    });

    test('that nobody captured in time ends by itself, and the channel says so', async () => {
      const { holdEnded } = given.notices;
      const short = await Rig.open(given, { SANDBOX_HOLD_S: '2' });
      try {
        const { order, answer } = await heldBy(short);
        expect(answer).toMatchObject(state(0, false));
        const ended = { ...state(0, true), ends_at: null };
        const ask = () => channel.query(short.call(), order);
        await eventually(async () => {
          const now = await ask();
          return now.kind === 'held' && now.is_over;
        });
        expect(await ask()).toMatchObject(ended);
        if (holdEnded === null) return;
        const heard = await short.nextCallback(0, holdEnded);
        expect(short.read(heard)).toMatchObject({
          kind: 'attempt',
          reference: order.reference,
          answer: ended,
        });
      } finally {
        await short.sandbox.close();
      }
    });
  });
}
