import { type Conformant, eventually, type Rig } from '../rig.ts';
import { confirmations } from './confirmation.ts';

/** Where the payer agrees to an order, and nobody but us makes it take money after that (decision 0029). */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function agreements(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });
  const asked = (order: ReturnType<Rig['order']>) => channel.query(rig.call(), order);
  const confirm = (order: ReturnType<Rig['order']>, ms?: number) =>
    channel.confirm!(rig.call(ms), order);

  describe('an agreement', () => {
    test('is told when it is asked for, and takes no money', async () => {
      const order = await rig.confirmable();
      expect(await asked(order)).toEqual({ kind: 'agreed' });
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test('is told by callback, with the order’s number', async () => {
      await rig.sandbox.control('POST', 'reset');
      const known = rig.sandbox.callbacks.length;
      const order = await rig.confirmable();
      const heard = await rig.nextCallback(known, new RegExp(order.reference));
      expect(rig.read(heard)).toMatchObject({
        kind: 'attempt',
        reference: order.reference,
        order: order.handle,
        answer: { kind: 'agreed' },
      });
    });

    test('that nobody confirms stays what it is, and needs no close', async () => {
      const order = await rig.confirmable();
      expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test('is told for the same order, made again', async () => {
      const order = await rig.confirmable();
      const again = await channel.create(rig.call(), order);
      expect(['created', 'action_required']).toContain(again.kind);
      expect(again).toMatchObject({ handle: order.handle });
      expect(await asked(order)).toEqual({ kind: 'agreed' });
    });
  });

  describe('a confirmation', () => {
    confirmations(given, opened, (one) => one.confirmable());

    test('before the payer has agreed is no yes, and takes nothing', async () => {
      const order = await rig.created();
      expect((await confirm(order)).kind).toBe('unknown');
      expect(await asked(order)).toEqual({ kind: 'open' });
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test('that was lost did or did not happen: the query tells', async () => {
      for (const [fault, kind] of [
        ['timeout_before_commit', 'agreed'],
        ['timeout_after_commit', 'approved'],
      ] as const) {
        const order = await rig.confirmable();
        await rig.fault(given.operations['confirm'] ?? 'confirm', fault);
        expect(await confirm(order, 1_000)).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
        await eventually(async () => (await asked(order)).kind === kind);
      }
    });

    test('is told by callback', async () => {
      await rig.sandbox.control('POST', 'reset');
      const known = rig.sandbox.callbacks.length;
      const { order, receipt } = await rig.paid();
      const isOfOrder = new RegExp(`(?=.*${order.reference})(?=.*${given.notices.payment.source})`);
      const heard = await rig.nextCallback(known, isOfOrder);
      expect(rig.read(heard)).toMatchObject({ answer: { kind: 'approved', receipt } });
    });
  });
}
