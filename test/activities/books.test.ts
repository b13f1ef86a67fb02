import { randomUUID } from 'node:crypto';

import { booksBehind } from '../../src/activities/books.ts';
import type { Sent } from '../../src/activities/exchange.ts';
import { takeFence } from '../../src/store/operation.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { createStore } from '../../src/store/store.ts';
import { findWallet, openWallet } from '../../src/store/wallet.ts';
import { openPatient, Shop, times } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { rulesOf, timing } from '../support/payment.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

/** An order on a wallet that holds 100, the operation that may take it, and the books behind its fence. */
async function taking() {
  const { pool } = shop.store;
  const id = await shop.customer();
  const wallet_id = await openWallet(pool, shop.caller, id, 'CNY');
  await shop.pay((await shop.withCode({ wallet_id, amount: 100 })).id);
  const wanted = shop.order({ amount: 60, order_no: randomUUID() });
  const details = { ...wanted.details, customer: { id } };
  const inserted = await insertPayment(shop.store, { ...wanted, details });
  if (inserted.kind !== 'created') throw new Error(inserted.kind);
  const [attempt] = inserted.payment.attempts;
  const [operation] = attempt!.operations;
  const said: Sent[] = [];
  const behind = (store = shop.store) =>
    booksBehind(store, {
      operation: operation!.id,
      verb: 'confirm',
      timeout_ms: 10_000,
      log: (sent) => Promise.resolve(void said.push(sent)),
    });
  await pool.query(
    `insert into wallet_orders (id, reference, payment_id, wallet_id, amount) values ($1, $2, $3, $4, 60)`,
    [`wor_${randomUUID()}`, attempt!.id, inserted.payment.id, wallet_id],
  );
  const sentAt = async () =>
    (await pool.query('select sent_at from operations where id = $1', [operation!.id])).rows[0].sent_at; // prettier-ignore
  const balance = async () => (await findWallet(pool, shop.caller, wallet_id))!.balance;
  return { behind, reference: attempt!.id, operation: operation!.id, said, sentAt, balance };
}

describe('a movement', () => {
  test('takes the fence with the money, and says so on the timeline', async () => {
    const { behind, reference, said, sentAt, balance } = await taking();
    expect(await behind().take(reference, 'automatic')).toMatchObject({ kind: 'booked', order: { status: 'paid' } }); // prettier-ignore
    expect(await sentAt()).toBeInstanceOf(Date);
    expect(await balance()).toBe(40);
    expect(said).toMatchObject([{ request: `take ${reference}, automatic`, result: 'booked' }]);
  });

  test('by ten senders at once happens once, and the others know that somebody has sent it', async () => {
    const { behind, reference, balance } = await taking();
    const ends = await Promise.all(times(10, () => behind().take(reference, 'automatic')));
    expect(ends.filter(({ kind }) => kind === 'booked')).toHaveLength(1);
    expect(ends.filter(({ kind }) => kind === 'unknown')).toHaveLength(9);
    expect(await balance()).toBe(40);
  });

  test('of what was given up moves nothing', async () => {
    const { behind, reference, operation, sentAt, balance } = await taking();
    await shop.store.pool.query('update operations set fenced = true where id = $1', [operation]);
    expect(await behind().take(reference, 'automatic')).toMatchObject({ kind: 'never_sent' });
    expect([await sentAt(), await balance()]).toEqual([null, 100]);
  });

  test('that the store refuses was never sent: the fence is as it was', async () => {
    const { behind, reference, operation, sentAt, balance } = await taking();
    await shop.store.pool.query(
      `alter table wallets add constraint refusing check (balance <> 40) not valid`,
    );
    expect(await behind().take(reference, 'automatic')).toMatchObject({ kind: 'never_sent' });
    await shop.store.pool.query('alter table wallets drop constraint refusing');
    expect([await sentAt(), await balance()]).toEqual([null, 100]);
    expect(await takeFence(shop.store.pool, operation)).toBe('taken');
  });

  test('of which the store does not answer is unknown', async () => {
    const { behind, reference } = await taking();
    const away = createStore({ databaseUrl: 'postgres://holdfast@127.0.0.1:1/holdfast', timing, rulesOf }); // prettier-ignore
    expect(await behind(away).take(reference, 'automatic')).toMatchObject({ kind: 'unknown' });
    expect(await behind(away).find(reference)).toMatchObject({ kind: 'unknown' });
    await away.close();
  });
});

describe('a question', () => {
  test('takes no fence, and finds what there is', async () => {
    const { behind, reference, sentAt } = await taking();
    expect(await behind().find(reference)).toMatchObject({ kind: 'booked', order: { status: 'open' } }); // prettier-ignore
    expect(await behind().find('att_none')).toEqual({ kind: 'not_found' });
    expect(await behind().findRefund(reference, 'ref_none')).toEqual({ kind: 'not_found' });
    expect(await sentAt()).toBeNull();
  });
});
