import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { type Conformant, eventually, type Rig } from '../rig.ts';

/** Where the payer transfers what he likes: every credit is told, once, as it is, and can go back (decision 0031). */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function credits({ channel }: Conformant, opened: () => Rig): void {
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  const eur = toCurrency('EUR');
  const pay = (amount: number, currency = eur) => ({ action: 'pay', amount, currency });
  const made = () => rig.created(rig.order({ amount: toMinor(1_999), currency: eur }));
  const moneyOf = async (order: Awaited<ReturnType<typeof made>>) =>
    (await rig.taken(order)).map(({ amount, currency }) => [amount, currency]);

  describe('credits of one number', () => {
    test('are told each with a number of its own, oldest first, and none changes when another comes', async () => {
      const order = await made();
      await rig.payer(order, pay(400));
      const [first] = await rig.taken(order);
      expect(first).toMatchObject({ amount: 400, currency: 'EUR' });
      await rig.payer(order, pay(1_600));
      const all = await rig.taken(order);
      expect(all).toEqual([first, expect.objectContaining({ amount: 1_600 })]);
      expect(new Set(all.map((one) => one.channel_reference)).size).toBe(2);
    });

    test('may be of another currency, which pays nothing of the order', async () => {
      const order = await made();
      await rig.payer(order, pay(1_999, toCurrency('JPY')));
      expect(await channel.query(rig.call(), order)).toMatchObject({ kind: 'credited', is_closed: false }); // prettier-ignore
      expect(await moneyOf(order)).toEqual([[1_999, 'JPY']]);
    });

    test('do not hide where the payer is to transfer the rest, when the order is made again', async () => {
      const order = await made();
      await rig.payer(order, pay(400));
      expect(await channel.create(rig.call(), order)).toMatchObject({ kind: 'action_required' });
    });

    test('may still come after the close, which is told beside them', async () => {
      const order = await made();
      await rig.payer(order, pay(400));
      expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      await rig.payer(order, { ...pay(1_599), force: true });
      expect(await channel.query(rig.call(), order)).toMatchObject({ kind: 'credited', is_closed: true }); // prettier-ignore
      expect(await moneyOf(order)).toEqual([[400, 'EUR'], [1_599, 'EUR']]); // prettier-ignore
    });

    test('go back one by one, in their own currency, or together under the number of one', async () => {
      const order = await made();
      const jpy = toCurrency('JPY');
      for (const act of [pay(1_000), pay(999), pay(70, jpy)]) await rig.payer(order, act);
      const [first, , foreign] = await rig.taken(order);
      for (const given of [
        rig.refundOf(order, foreign!, { currency: jpy }),
        rig.refundOf(order, first!, { amount: toMinor(1_500) }),
      ]) {
        const { amount, currency } = given;
        expect(await channel.refund(rig.call(), given)).toMatchObject({ kind: 'refund', amount, currency }); // prettier-ignore
        await eventually(async () => {
          const answer = await channel.queryRefund(rig.call(), given);
          return answer.kind === 'refund' && answer.status === 'succeeded';
        });
      }
      expect((await rig.books(order))[0]).toMatchObject({ captured: 1_999, refunded: 1_500 });
    });

    test.each([
      ['of less', 400],
      ['of more', 2_000],
    ])('%s are noticed, and only say that the channel is to be asked', async (_what, amount) => {
      const order = await made();
      const known = rig.sandbox.callbacks.length;
      await rig.payer(order, pay(amount));
      const heard = await rig.nextCallback(known, new RegExp(order.reference));
      expect(rig.read(heard)).toMatchObject({
        kind: 'attempt',
        reference: order.reference,
        answer: { kind: 'changed' },
      });
    });
  });
}
