import { randomUUID } from 'node:crypto';

import type { Command } from '../../src/domain/fact.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

const obey = (id: string, command: Command) =>
  record(shop.store, id, { cause: randomUUID(), fact: { kind: 'command', command } });

test('money that a person vouched for, and its refund, are stored under the channel’s number once it is told', async () => {
  const { id } = await shop.withCode();
  await shop.end(id, 'query', { kind: 'disagrees', detail: 'another order' });
  const [asked] = (await shop.load(id)).cases;
  await obey(id, {
    name: 'resolve',
    case_id: asked!.id,
    decision: 'treat_as_paid',
    reason: 'bill',
  });
  await obey(id, { name: 'refund', amount: null, reason: null });
  expect((await shop.load(id)).refunds).toMatchObject([{ receipt_reference: asked!.id }]);
  await shop.pay(id);
  const after = await shop.load(id);
  expect(after.attempts).toMatchObject([
    { channel_reference: '4200001', receipts: [{ channel_reference: '4200001', use: 'order' }] },
  ]);
  expect(after.refunds).toMatchObject([{ receipt_reference: '4200001', origin: 'merchant' }]);
  expect((await shop.everything(id))['ledger_transactions']).toMatchObject([{ reason: 'order_paid', subject: asked!.id }]); // prettier-ignore
});
