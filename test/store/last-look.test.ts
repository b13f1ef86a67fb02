import { leaseDue } from '../../src/store/attendance.ts';
import { subjectOf } from '../../src/store/callback.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { awaitTransfer, credit, credited } from '../support/transfer.ts';
import { openPatient, Shop } from './shop.ts';

let database: Database;
let shop: Shop;
let skippedMs = 0;

beforeAll(async () => {
  database = await openDatabase();
  const clockOffsetMs = () => Promise.resolve(skippedMs);
  shop = await Shop.open(openPatient(database, { clockOffsetMs }));
});
afterAll(() => database.close());

async function paidByTransfer(): Promise<{ id: string; attempt: string }> {
  const order = shop.order();
  const route = { ...order.choice!.route, channel: 'bank-transfer' };
  const choice = { ...order.choice!, method: 'bank_transfer', route };
  const made = await insertPayment(shop.store, { ...order, choice });
  if (made.kind !== 'created') throw new Error(made.kind);
  const { id, attempts } = made.payment;
  await shop.end(id, 'create', awaitTransfer);
  await shop.end(id, 'query', credited(credit('CR1', 1_999)));
  return { id, attempt: attempts[0]!.id };
}

const attend = (id: string) =>
  record(shop.store, id, { cause: 'attend', fact: { kind: 'attend' } });

test('a transfer of which no notice came is found a day after the payer’s time, by a run that the attendance begins', async () => {
  const { id, attempt } = await paidByTransfer();
  expect(await attend(id)).toMatchObject({ final: true, outstanding: [] });
  expect(await leaseDue(shop.store)).not.toContain(id);
  expect(await subjectOf(shop.store.pool, 'attempt', attempt)).toMatchObject({ is_busy: false });

  skippedMs = 2 * 86_400_000;
  expect(await leaseDue(shop.store)).toContain(id);
  expect(await attend(id)).toMatchObject({ final: false, outstanding: [{ verb: 'query' }] });
  expect(await subjectOf(shop.store.pool, 'attempt', attempt)).toMatchObject({ is_busy: true });

  await shop.end(id, 'query', credited(credit('CR1', 1_999), credit('CR2', 1_999)));
  expect((await shop.load(id)).refunds).toMatchObject([{ receipt_reference: 'CR2', origin: 'duplicate' }]); // prettier-ignore
});
