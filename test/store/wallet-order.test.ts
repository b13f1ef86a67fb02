import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import type pg from 'pg';

import { toMinor } from '../../src/domain/money.ts';
import { verifyLedger } from '../../src/store/ledger.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { findWallet, openWallet } from '../../src/store/wallet.ts';
import { captureOrder, findOrder, findRefund, openOrder, refundOrder, releaseOrder, takeOrder } from '../../src/store/wallet-order.ts'; // prettier-ignore
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

const transaction = <T>(work: (db: pg.PoolClient) => Promise<T>) => shop.store.transaction(work);

/** A customer with so many fen in his wallet, and what happens to it. */
class Purse {
  readonly customer: string;
  readonly wallet: string;

  private constructor(customer: string, wallet: string) {
    this.customer = customer;
    this.wallet = wallet;
  }

  static async with(amount: number): Promise<Purse> {
    const customer = await shop.customer();
    const wallet_id = await openWallet(shop.store.pool, shop.caller, customer, 'CNY');
    const { id } = await shop.withCode({ wallet_id, amount });
    await shop.pay(id);
    return new Purse(customer, wallet_id);
  }

  /** An order on it, by our number: that of an attempt. */
  async order(amount: number): Promise<string> {
    const wanted = shop.order({ amount, order_no: randomUUID() });
    const details = { ...wanted.details, customer: { id: this.customer } };
    const made = await insertPayment(shop.store, { ...wanted, details });
    if (made.kind !== 'created') throw new Error(made.kind);
    const reference = made.payment.attempts[0]!.id;
    await transaction((db) => openOrder(db, reference));
    return reference;
  }

  async state(): Promise<[balance: number, held: number]> {
    const found = await findWallet(shop.store.pool, shop.caller, this.wallet);
    return [found!.balance, found!.held];
  }
}

const take = (order: string, capture: 'automatic' | 'manual' = 'automatic') =>
  transaction((db) => takeOrder(db, order, capture));
const capture = (order: string, number: string, amount: number, is_final = false) =>
  transaction((db) => captureOrder(db, order, { capture_reference: number, amount: toMinor(amount), is_final })); // prettier-ignore
const release = (order: string) => transaction((db) => releaseOrder(db, order));
const refund = (order: string, number: string, amount: number) =>
  transaction((db) => refundOrder(db, order, number, toMinor(amount)));

describe('an order on a wallet', () => {
  test('is made once under one number, and takes nothing', async () => {
    const purse = await Purse.with(100);
    const order = await purse.order(60);
    const again = await transaction((db) => openOrder(db, order));
    expect(again).toMatchObject({ kind: 'booked', order: { status: 'open', amount: 60, captured: 0 } }); // prettier-ignore
    expect(await purse.state()).toEqual([100, 0]);
  });

  test('taken by ten at once is taken once', async () => {
    const purse = await Purse.with(100);
    const order = await purse.order(60);
    const ends = await Promise.all(times(10, () => take(order)));
    for (const end of ends) expect(end).toMatchObject({ kind: 'booked', order: { status: 'paid', captured: 60 } }); // prettier-ignore
    expect(await purse.state()).toEqual([40, 0]);
  });

  test('fifty that are taken at once out of a wallet that holds twenty: twenty', async () => {
    const purse = await Purse.with(2_000);
    const orders = await Promise.all(times(50, () => purse.order(100)));
    const ends = await Promise.all(orders.map((order) => take(order)));
    expect(ends.filter(({ kind }) => kind === 'booked')).toHaveLength(20);
    const refused = ends.filter(({ kind }) => kind === 'refused');
    expect(refused).toEqual(times(30, () => ({ kind: 'refused', why: 'too_little' })));
    expect(await purse.state()).toEqual([0, 0]);
  });

  test('that was closed is never taken, and one that was taken is not closed', async () => {
    const purse = await Purse.with(100);
    const [closed, paid] = [await purse.order(60), await purse.order(60)];
    await release(closed);
    expect(await take(closed)).toEqual({ kind: 'refused', why: 'wrong_state' });
    await take(paid);
    expect(await release(paid)).toEqual({ kind: 'refused', why: 'wrong_state' });
    expect(await purse.state()).toEqual([40, 0]);
  });

  test('captured by ten at once under one number is captured once, and the last capture frees the rest', async () => {
    const purse = await Purse.with(100);
    const order = await purse.order(60);
    await take(order, 'manual');
    expect(await purse.state()).toEqual([100, 60]);
    await Promise.all(times(10, () => capture(order, 'cap_1', 20)));
    expect(await purse.state()).toEqual([80, 40]);
    expect(await capture(order, 'cap_2', 41)).toEqual({ kind: 'refused', why: 'wrong_state' });
    expect(await capture(order, 'cap_3', 10, true)).toMatchObject({ order: { status: 'paid', captured: 30 } }); // prettier-ignore
    expect(await purse.state()).toEqual([70, 0]);
  });

  test('is given back once under one number, and never more than it took', async () => {
    const purse = await Purse.with(100);
    const order = await purse.order(60);
    await take(order);
    const ends = await Promise.all(times(10, () => refund(order, 'ref_1', 25)));
    expect(ends).toEqual(times(10, () => ({ amount: 25, currency: 'CNY' })));
    expect(await refund(order, 'ref_2', 36)).toBeNull();
    expect(await findRefund(shop.store.pool, order, 'ref_1')).toMatchObject({ amount: 25 });
    expect(await findRefund(shop.store.pool, order, 'ref_2')).toBeNull();
    expect(await purse.state()).toEqual([65, 0]);
  });

  test('of somebody without a wallet is none', async () => {
    const { attempts } = await shop.create();
    const none = await transaction((db) => openOrder(db, attempts[0]!.id));
    expect(none).toEqual({ kind: 'refused', why: 'no_wallet' });
    expect(await take(attempts[0]!.id)).toEqual({ kind: 'refused', why: 'wrong_state' });
    expect(await findOrder(shop.store.pool, attempts[0]!.id)).toBeNull();
  });
});

test('whatever is asked of a wallet at once, it has what its account says and never less than it promised', async () => {
  const step = fc.record({
    order: fc.nat(2),
    does: fc.constantFrom('take', 'hold', 'capture', 'last', 'release', 'refund'),
    amount: fc.integer({ min: 1, max: 60 }),
  });
  const act = async (orders: string[], { order: nth, does, amount }: { order: number; does: string; amount: number }) => {
    const order = orders[nth]!;
    if (does === 'take') await take(order);
    if (does === 'hold') await take(order, 'manual');
    if (does === 'capture' || does === 'last') await capture(order, `cap_${randomUUID()}`, amount, does === 'last');
    if (does === 'release') await release(order);
    if (does === 'refund') await refund(order, `ref_${randomUUID()}`, amount);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
      const purse = await Purse.with(100);
      const orders = [await purse.order(60), await purse.order(50), await purse.order(40)];
      for (const round of rounds) await Promise.all(round.map((one) => act(orders, one)));
      const kept = await Promise.all(orders.map((order) => findOrder(shop.store.pool, order)));
      const spent = kept.reduce((sum, one) => sum + one!.captured - one!.refunded, 0);
      const promised = kept.filter((one) => one!.status === 'held').reduce((sum, one) => sum + one!.amount - one!.captured, 0);
      expect(await purse.state()).toEqual([100 - spent, promised]);
    }),
    { numRuns: 40 },
  );
  expect(await verifyLedger(shop.store.pool)).toMatchObject({ balanced: true });
}); // prettier-ignore
