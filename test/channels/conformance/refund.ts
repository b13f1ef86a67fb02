import { toMinor } from '../../../src/domain/money.ts';
import { drawId } from '../../../src/store/id.ts';
import { type Conformant, drawnBefore, eventually, type Rig } from '../rig.ts';

/** Giving money back: once per number, and never more than the channel says. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function refunds(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  describe('a refund', () => {
    test('of all comes to its end, and can be asked for by its number', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt);
      expect(await channel.refund(rig.call(), refund)).toMatchObject({
        kind: 'refund',
        amount: refund.amount,
        currency: refund.currency,
      });
      await eventually(async () => {
        const answer = await channel.queryRefund(rig.call(), refund);
        return answer.kind === 'refund' && answer.status === 'succeeded';
      });
      expect((await rig.books(order))[0]).toMatchObject({ refunded: refund.amount });
      expect(await rig.taken(order)).toEqual([receipt]);
    });

    test('sent again under its number has the same bytes and happens once', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt, { amount: toMinor(500) });
      const from = rig.requests.length;
      const first = await channel.refund(rig.call(), refund);
      const again = await channel.refund(rig.call(), refund);
      if (rig.isToldOnce) expect(again.kind).toBe('unknown');
      else expect((again as any).channel_reference).toBe((first as any).channel_reference);
      const [one, two] = rig.orderedSince(from);
      expect(two?.body).toBe(one?.body);
      expect((await rig.books(order))[0].refunds).toHaveLength(1);
    });

    test('that waited for a day, as for an approval, is taken, found and made once', async () => {
      const { order, receipt } = await rig.paid();
      const reference = drawnBefore('ref', 86_400_000);
      const late = { amount: toMinor(500), reference, channel_key: reference };
      const sent = { run_at: Date.now(), ended: null };
      const refund = rig.refundOf(order, receipt, { ...late, calls: [sent] });
      expect(await channel.refund(rig.call(), refund)).toMatchObject({ kind: 'refund' });
      const lost = { ...sent, ended: 'unknown' as const };
      const again = { ...refund, calls: [lost, { run_at: sent.run_at + 3_600_000, ended: null }] };
      if (rig.isToldOnce) expect((await channel.refund(rig.call(), again)).kind).toBe('unknown');
      const asked = { ...refund, calls: [lost] };
      await eventually(async () => {
        const answer = await channel.queryRefund(rig.call(), asked);
        return answer.kind === 'refund' && answer.status === 'succeeded';
      });
      expect((await rig.books(order))[0].refunds).toMatchObject([{ amount: 500 }]);
    });

    if (channel.facts.refund_names !== 'money')
      test('of money that a person vouched for finds it without the channel’s number of it', async () => {
        const { order, receipt } = await rig.paid();
        const vouched = { ...receipt, channel_reference: drawId('case') };
        const refund = rig.refundOf(order, vouched, { amount: toMinor(500) });
        expect(await channel.refund(rig.call(), refund)).toMatchObject({ kind: 'refund' });
        await eventually(async () => {
          const answer = await channel.queryRefund(rig.call(), refund);
          return answer.kind === 'refund' && answer.status === 'succeeded';
        });
        expect((await rig.books(order))[0]).toMatchObject({ refunded: 500 });
      });

    test('that was never made is not found', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt);
      expect(await channel.queryRefund(rig.call(), refund)).toEqual({ kind: 'not_found' });
    });

    test('of more than is left is declined with the channel’s own words', async () => {
      const { order, receipt } = await rig.paid();
      await channel.refund(rig.call(), rig.refundOf(order, receipt));
      const more = await channel.refund(rig.call(), rig.refundOf(order, receipt));
      expect(more).toMatchObject({
        kind: 'declined',
        failure: { channel_code: expect.any(String) },
      });
    });

    if (!given.bounces) return;
    test('that a bank returned has not succeeded', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), refund);
      await eventually(async () => (await rig.books(order))[0].refunded === refund.amount);
      await rig.payer(order, { action: 'bounce_refund', refund: refund.reference });
      const answer = await channel.queryRefund(rig.call(), refund);
      expect(answer.kind === 'refund' && answer.status).toMatch(/^(failed|needs_attention)$/);
    });
  });
}
