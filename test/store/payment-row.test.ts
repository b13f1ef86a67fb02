import { toMinor } from '../../src/domain/money.ts';
import { loadPayment, type StoredPayment } from '../../src/store/payment-row.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { connectionsMax: 40 }));
});
afterAll(() => database.close());

describe('a payment read while it moves', () => {
  /** What can only be seen when row and parts are of different transitions. */
  function isTorn(payment: StoredPayment): boolean {
    const isPaid = payment.attempts[0]!.status === 'paid';
    const receipts = payment.attempts[0]!.receipts.length;
    return (
      isPaid !== (payment.status === 'succeeded') ||
      payment.refunds.length !== Math.max(0, receipts - 1)
    );
  }

  test('is whole: row and parts are of one transition', async () => {
    const seen = new Set<number>();
    const torn: StoredPayment[] = [];
    for (const _ of times(10, (i) => i)) {
      const { id } = await shop.withCode();
      let over = false;
      const reader = async (): Promise<void> => {
        while (!over) {
          const payment = (await loadPayment(shop.store.pool, id))!;
          seen.add(payment.sequence);
          if (isTorn(payment)) torn.push(payment);
        }
      };
      const reading = times(4, reader);
      for (const n of times(4, (i) => i)) await shop.pay(id, { channel_reference: `42${n}` });
      over = true;
      await Promise.all(reading);
    }
    expect(seen.size).toBeGreaterThan(2);
    expect(torn).toEqual([]);
  });
});

test('amounts beyond 2^31 are carried whole', async () => {
  const { id } = await shop.withCode({ amount: 999_999_999_999 });
  await shop.pay(id);
  const payment = await shop.load(id);
  expect(payment).toMatchObject({ status: 'succeeded', amount: 999_999_999_999 });
  expect(payment.attempts[0]!.receipts).toMatchObject([{ amount: toMinor(999_999_999_999) }]);
});
