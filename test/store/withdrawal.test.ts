import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import { toMinor } from '../../src/domain/money.ts';
import type { RefundState } from '../../src/domain/outcome.ts';
import { withdrawalObject } from '../../src/domain/withdrawal.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { verifyLedger } from '../../src/store/ledger.ts';
import { record } from '../../src/store/record.ts';
import { findWallet, openWallet, type Wallet } from '../../src/store/wallet.ts';
import { findWithdrawal, makeWithdrawal } from '../../src/store/withdrawal.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;
let caller: Caller;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
  caller = shop.caller;
});
afterAll(() => database.close());

/** A wallet that was topped up by these amounts, oldest first. */
class Purse {
  readonly wallet: Wallet;
  readonly topUps: readonly string[];

  private constructor(wallet: Wallet, topUps: readonly string[]) {
    this.wallet = wallet;
    this.topUps = topUps;
  }

  static async with(...amounts: number[]): Promise<Purse> {
    const customer = await shop.customer();
    const wallet_id = await openWallet(shop.store.pool, caller, customer, 'CNY');
    const topUps: string[] = [];
    for (const amount of amounts) {
      const { id } = await shop.withCode({ wallet_id, amount });
      await shop.pay(id);
      topUps.push(id);
    }
    return new Purse((await findWallet(shop.store.pool, caller, wallet_id))!, topUps);
  }

  withdraw(amount: number, cause: string = randomUUID(), fingerprint = 'f') {
    return makeWithdrawal(shop.store, caller, this.wallet, toMinor(amount), { cause, fingerprint });
  }

  /** The merchant gives a top-up back by himself. */
  refund(nth: number, amount: number) {
    const command = { name: 'refund', amount: toMinor(amount), reason: null } as const;
    return record(shop.store, this.topUps[nth]!, {
      cause: randomUUID(),
      fact: { kind: 'command', command },
    });
  }

  /** The channel ends the oldest open refund of a top-up. */
  async ended(nth: number, status: RefundState): Promise<void> {
    const id = this.topUps[nth]!;
    const { refunds } = await shop.load(id);
    const { amount, receipt_reference } = refunds.find((one) => one.status === 'processing')!;
    await shop.end(id, 'refund', { kind: 'refund', status, amount, currency: cny, channel_reference: receipt_reference }); // prettier-ignore
  }

  /** A person has what could not be delivered made again; asked once more, the channel says no different. */
  async retried(nth: number): Promise<void> {
    const id = this.topUps[nth]!;
    const { cases } = await shop.load(id);
    const case_id = cases.find((one) => one.status === 'open')!.id;
    const command = { name: 'resolve', case_id, decision: 'retry', reason: 'mended' } as const;
    await record(shop.store, id, { cause: randomUUID(), fact: { kind: 'command', command } });
    await shop.end(id, 'query_refund', { kind: 'unknown', detail: 'not delivered' });
  }

  async state(): Promise<[balance: number, held: number]> {
    const found = await findWallet(shop.store.pool, caller, this.wallet.id);
    return [found!.balance, found!.held];
  }

  /** What goes back by each top-up, oldest first. */
  async returned(): Promise<number[]> {
    const payments = await Promise.all(this.topUps.map((id) => shop.load(id)));
    return payments.map(({ refunds }) => refunds.reduce((sum, one) => sum + one.amount, 0));
  }
}

describe('a withdrawal', () => {
  test('goes back by the newest top-ups, as far as it takes, and is held meanwhile', async () => {
    const purse = await Purse.with(50, 40, 30);
    const end = await purse.withdraw(60);
    expect(end).toMatchObject({ kind: 'made', withdrawal: { amount: 60, wallet_id: purse.wallet.id, refunds: [{ amount: 30, status: 'processing' }, { amount: 30 }] } }); // prettier-ignore
    expect(await purse.returned()).toEqual([0, 30, 30]);
    expect(await purse.state()).toEqual([120, 60]);
    await purse.ended(2, 'succeeded');
    await purse.ended(1, 'failed');
    expect(await purse.state()).toEqual([90, 0]);
  });

  test('wakes its payments by itself within ten seconds', async () => {
    const purse = await Purse.with(50);
    await purse.withdraw(20);
    const { rows } = await shop.store.pool.query<{ soon: boolean }>(
      `select attend_at between clock_now() and clock_now() + interval '10 s' as soon from payments where id = $1`,
      [purse.topUps[0]],
    );
    expect(rows).toEqual([{ soon: true }]);
  });

  test('fifty at once on a wallet that holds twelve: twelve', async () => {
    const purse = await Purse.with(40, 40, 40);
    const ends = await Promise.all(times(50, () => purse.withdraw(10)));
    expect(ends.filter(({ kind }) => kind === 'made')).toHaveLength(12);
    expect(ends.filter(({ kind }) => kind === 'refused')).toHaveLength(38);
    expect(await purse.returned()).toEqual([40, 40, 40]);
    expect(await purse.state()).toEqual([120, 120]);
  });

  test('under one key at once is made once', async () => {
    const purse = await Purse.with(100);
    const ends = await Promise.all(times(10, () => purse.withdraw(10, `key ${purse.wallet.id}`)));
    expect(ends.map(({ kind }) => kind).toSorted()).toEqual(['made', ...times(9, () => 'replayed')]); // prettier-ignore
    expect(await purse.state()).toEqual([100, 10]);
    expect(await purse.withdraw(20, `key ${purse.wallet.id}`, 'other')).toEqual({ kind: 'key_reused' }); // prettier-ignore
  });

  test('of more than there is changes nothing, and its key remembers that', async () => {
    const purse = await Purse.with(40, 10);
    const refused = { kind: 'refused', refusal: { code: 'wallet_balance_too_low', detail: '0.51 CNY is more than the 0.50 CNY that can be withdrawn' } }; // prettier-ignore
    expect(await purse.withdraw(51, `much ${purse.wallet.id}`)).toEqual({ ...refused, isReplayed: false }); // prettier-ignore
    expect(await purse.withdraw(51, `much ${purse.wallet.id}`)).toEqual({ ...refused, isReplayed: true }); // prettier-ignore
    expect(await purse.state()).toEqual([50, 0]);
  });

  test('takes nothing that the merchant has given back already', async () => {
    const purse = await Purse.with(40, 40);
    await purse.refund(1, 30);
    expect(await purse.withdraw(51)).toMatchObject({ kind: 'refused' });
    expect(await purse.withdraw(50)).toMatchObject({ kind: 'made' });
    expect(await purse.returned()).toEqual([40, 40]);
  });

  test('of which a refund was made again stands as the last try does, and names them all', async () => {
    const purse = await Purse.with(50, 30);
    const end = await purse.withdraw(40);
    await purse.ended(0, 'succeeded');
    const id = end.kind === 'made' ? end.withdrawal.id : '';
    const shown = async () =>
      withdrawalObject((await findWithdrawal(shop.store.pool, caller, id))!);
    for (let tries = 1; tries <= 2; tries += 1) {
      await purse.ended(1, 'needs_attention');
      expect(await shown()).toMatchObject({ status: 'needs_attention', amount_returned: 10 });
      await purse.retried(1);
      expect(await shown()).toMatchObject({ status: 'processing', amount_returned: 10 });
    }
    await purse.ended(1, 'succeeded');
    const payments = await Promise.all(purse.topUps.map((topUp) => shop.load(topUp)));
    const refunds = payments.flatMap((one) => one.refunds.map((refund) => refund.id));
    expect(await shown()).toMatchObject({ status: 'succeeded', amount_returned: 40, refunds: refunds.toSorted() }); // prettier-ignore
    expect(refunds).toHaveLength(4);
    expect(await purse.state()).toEqual([40, 0]);
  });

  test('is the merchant’s own and nobody else’s', async () => {
    const end = await (await Purse.with(10)).withdraw(10);
    const { id } = 'withdrawal' in end ? end.withdrawal : { id: '' };
    expect(await findWithdrawal(shop.store.pool, caller, id)).toMatchObject({ id });
    expect(await findWithdrawal(shop.store.pool, { ...caller, merchant_id: 'mer_x' }, id)).toBeNull(); // prettier-ignore
    expect(await findWithdrawal(shop.store.pool, { ...caller, livemode: true }, id)).toBeNull();
  });
});

test('whatever is withdrawn and refunded at once, no top-up gives back more than it brought and the wallet keeps its word', async () => {
  const step = fc.record({
    does: fc.constantFrom('withdraw', 'refund', 'succeed', 'fail'),
    nth: fc.nat(2),
    amount: fc.integer({ min: 1, max: 70 }),
  });
  type Step = { does: string; nth: number; amount: number };
  const act = async (purse: Purse, { does, nth, amount }: Step) => {
    if (does === 'withdraw') await purse.withdraw(amount);
    if (does === 'refund') await purse.refund(nth, amount);
    const end = does === 'succeed' ? 'succeeded' : 'failed';
    if (does === 'succeed' || does === 'fail') await purse.ended(nth, end).catch(() => undefined); // nothing is open
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), async (rounds) => {
      const purse = await Purse.with(50, 40, 30);
      for (const round of rounds) await Promise.all(round.map((one) => act(purse, one)));
      const payments = await Promise.all(purse.topUps.map((id) => shop.load(id)));
      const inState = (...states: string[]) =>
        payments.map(({ refunds }) => refunds.filter((one) => states.includes(one.status)).reduce((sum, one) => sum + one.amount, 0));
      const total = (amounts: number[]) => amounts.reduce((sum, one) => sum + one, 0);
      expect(inState('processing', 'succeeded', 'needs_attention').map((sum, i) => sum <= payments[i]!.amount)).toEqual([true, true, true]);
      expect(await purse.state()).toEqual([120 - total(inState('succeeded')), total(inState('processing', 'needs_attention'))]);
    }),
    { numRuns: 30 },
  );
  expect(await verifyLedger(shop.store.pool)).toMatchObject({ balanced: true });
}); // prettier-ignore
