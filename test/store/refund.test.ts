import { randomUUID } from 'node:crypto';

import type { Command } from '../../src/domain/fact.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { RefundAnswer } from '../../src/domain/outcome.ts';
import { migrate } from '../../src/store/migration.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny } from '../support/payment.ts';
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

const said = (status: 'succeeded' | 'needs_attention', amount = 1_999): RefundAnswer => ({
  kind: 'refund',
  status,
  amount: toMinor(amount),
  currency: cny,
  channel_reference: 're_1',
});

/** A paid payment whose refund the channel has carried out, and of which it then says another thing when asked. */
async function doubted(answer: RefundAnswer): Promise<string> {
  const { id } = await shop.withCode();
  await shop.pay(id);
  await obey(id, { name: 'refund', amount: null, reason: null });
  await shop.end(id, 'refund', said('succeeded'));
  await asked(id, answer);
  return id;
}

async function asked(id: string, answer: RefundAnswer): Promise<void> {
  await obey(id, { name: 'sync' });
  await shop.end(id, 'query_refund', answer);
}

/** What was booked of the refund: its reasons, each with what stands behind the refund's id. */
async function booked(id: string): Promise<string[]> {
  const [refund] = (await shop.load(id)).refunds;
  const found = await shop.store.pool.query<{ reason: string; subject: string }>(
    `select reason, subject from ledger_transactions where payment_id = $1 and reason like 'refund%'`,
    [id],
  );
  return found.rows.map((row) => `${row.reason}${row.subject.replace(refund!.id, '')}`).toSorted();
}

const thrice = ['refund_reversed 2', 'refund_succeeded', 'refund_succeeded 3'];

describe('a refund that was booked, and taken back from the books', () => {
  test('is booked again when the channel has delivered it after all', async () => {
    const id = await doubted(said('needs_attention'));
    await asked(id, said('succeeded'));
    expect((await shop.load(id)).refunds).toMatchObject([{ status: 'succeeded', movements: 3 }]);
    expect(await booked(id)).toEqual(thrice);
  });

  test('is booked again when a person has seen that it was delivered', async () => {
    const id = await doubted({ kind: 'disagrees', detail: 'another amount' });
    const [open] = (await shop.load(id)).cases;
    await obey(id, { name: 'resolve', case_id: open!.id, decision: 'treat_as_paid', reason: 'bill' });
    expect((await shop.load(id)).refunds).toMatchObject([{ status: 'succeeded', movements: 3 }]);
    expect(await booked(id)).toEqual(thrice);
  }); // prettier-ignore

  test('of late money is made again, in one step, when a person has seen that nothing went back', async () => {
    const { id } = await shop.canceled();
    await shop.pay(id);
    await shop.end(id, 'refund', said('succeeded', 1_998));
    await shop.end(id, 'query_refund', said('succeeded', 1_998));
    const [open] = (await shop.load(id)).cases;
    await obey(id, { name: 'resolve', case_id: open!.id, decision: 'treat_as_unpaid', reason: 'bill' });
    const { refunds } = await shop.load(id);
    expect(refunds.map(({ status, origin }) => [status, origin]).toSorted()).toEqual([['failed', 'late'], ['processing', 'late']]);
  }); // prettier-ignore

  test('goes on after what was booked of it before its postings were numbered', async () => {
    const id = await doubted(said('needs_attention'));
    const { pool } = shop.store;
    await pool.query('alter table refunds drop column movements');
    await pool.query(`delete from schema_migrations where name = '0023_refund_movements'`);
    await migrate(database.url);
    await asked(id, said('succeeded'));
    expect((await shop.load(id)).refunds).toMatchObject([{ status: 'succeeded' }]);
    expect(await booked(id)).toContain('refund_succeeded 2');
  });
});
