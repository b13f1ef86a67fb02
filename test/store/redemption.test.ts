import { randomUUID } from 'node:crypto';

import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { removeCustomer } from '../../src/store/customer.ts';
import { cancelGiftCode, findGiftCode, insertGiftCodes } from '../../src/store/gift-code.ts';
import { verifyLedger } from '../../src/store/ledger.ts';
import { redeem } from '../../src/store/redemption.ts';
import { listWallets, type Wallet } from '../../src/store/wallet.ts';
import { listEntries } from '../../src/store/wallet-entry.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;
let caller: Caller;
let skippedMs = 0;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { clockOffsetMs: () => skippedMs }));
  caller = shop.caller;
});
afterAll(() => database.close());
beforeEach(() => {
  skippedMs = 0;
});

async function walletOf(customer: string): Promise<Wallet | undefined> {
  const page = await listWallets(shop.store.pool, caller, customer, { limit: 10 });
  return page.kind === 'page' ? page.data[0] : undefined;
}

async function codes(count: number, amount = 500, expires_at: Date | null = null, of = caller) {
  const worth = { amount: toMinor(amount), currency: toCurrency('CNY') };
  const wanted = { ...worth, count, description: null, expires_at };
  const end = await insertGiftCodes(shop.store, of, wanted, keyed());
  return end.kind === 'made' ? end.codes : [];
}
const code = async (...given: [amount?: number, expires_at?: Date | null, of?: Caller]) => (await codes(1, ...given))[0]!; // prettier-ignore
const keyed = (cause: string = randomUUID(), fingerprint = 'f') => ({ cause, fingerprint });
const bring = (customer: string, typed: string, key = keyed()) => redeem(shop.store, caller, customer, typed, key); // prettier-ignore
const balance = async (customer: string) => (await walletOf(customer))?.balance ?? 0;
const refused = (code: string) => ({ kind: 'refused', refusal: { code } });
const guess = '0000-0000-0000-0000';

async function payable(): Promise<number> {
  const { rows } = await shop.store.pool.query<{ sum: number }>(
    `select coalesce(sum(case e.direction when 'credit' then e.amount else -e.amount end), 0)::bigint as sum
     from ledger_entries e join ledger_accounts a on a.id = e.account_id where a.merchant_id = $1 and a.name = 'merchant_payable'`,
    [shop.merchant],
  );
  return rows[0]!.sum;
}

describe('a gift code', () => {
  test('costs its merchant nothing before it is redeemed, and then what it is worth', async () => {
    const [customer, owed] = [await shop.customer(), await payable()];
    const { id, code: typed } = await code(700);
    expect(await payable()).toBe(owed);
    const end = await bring(customer, typed);
    const wallet = (await walletOf(customer))!;
    expect(end).toMatchObject({
      kind: 'redeemed',
      code: { id, status: 'redeemed', redeemed_by: wallet.id },
    });
    expect([await balance(customer), await payable()]).toEqual([700, owed - 700]);
    const page = await listEntries(shop.store.pool, wallet.id, { limit: 10 });
    expect(page).toMatchObject({ data: [{ reason: 'gift_redeemed', direction: 'credit', amount: 700, balance_after: 700, payment_id: null, gift_code_id: id }] }); // prettier-ignore
  });

  test('that twenty customers bring at once is one’s', async () => {
    const customers = await Promise.all(times(20, () => shop.customer()));
    const { code: typed } = await code();
    const ends = await Promise.all(customers.map((customer) => bring(customer, typed)));
    expect(ends.filter(({ kind }) => kind === 'redeemed')).toHaveLength(1);
    expect(ends.filter((end) => end.kind === 'refused' && end.refusal.code === 'gift_code_used')).toHaveLength(19); // prettier-ignore
    expect((await Promise.all(customers.map(balance))).toSorted()).toEqual([...times(19, () => 0), 500]); // prettier-ignore
  });

  test('under one key at once is redeemed once, and its key tells no other request', async () => {
    const customer = await shop.customer();
    const { code: typed } = await code();
    const key = keyed();
    const ends = await Promise.all(times(20, () => bring(customer, typed, key)));
    expect(ends.map(({ kind }) => kind).toSorted()).toEqual(['redeemed', ...times(19, () => 'replayed')]); // prettier-ignore
    expect(await bring(customer, guess, keyed(key.cause, 'other'))).toEqual({ kind: 'key_reused' });
    expect(await balance(customer)).toBe(500);
  });

  test('is one of twenty that one customer brings at once, and he has them all', async () => {
    const customer = await shop.customer();
    const made = await codes(20, 50);
    await Promise.all(made.map((one) => bring(customer, one.code)));
    expect(await balance(customer)).toBe(1_000);
  });

  test('is kept as a hash only', async () => {
    const { code: typed, last4 } = await code();
    const { rows } = await shop.store.pool.query<{ row: string }>('select t::text as row from gift_codes t'); // prettier-ignore
    const kept = rows.map(({ row }) => row).join('\n');
    expect(kept).toContain(last4);
    for (const text of [typed, typed.replaceAll('-', '')]) expect(kept).not.toContain(text);
  });

  test('of another merchant, and of live mode, is unknown', async () => {
    const customer = await shop.customer();
    const other = await Shop.open(shop.store, 'cha_other');
    for (const who of [other.caller, { ...caller, livemode: true }])
      expect(await bring(customer, (await code(500, null, who)).code)).toMatchObject(refused('gift_code_unknown')); // prettier-ignore
  });

  test('that is canceled moves nothing, and its key remembers that', async () => {
    const customer = await shop.customer();
    const { id, code: typed } = await code();
    expect(await cancelGiftCode(shop.store.pool, caller, id)).toMatchObject({ status: 'canceled' });
    const key = keyed();
    const canceled = refused('gift_code_canceled');
    expect(await bring(customer, typed, key)).toMatchObject({ ...canceled, isReplayed: false });
    expect(await bring(customer, typed, key)).toMatchObject({ ...canceled, isReplayed: true });
    expect(await walletOf(customer)).toBeUndefined();
  });

  test('is good until it expires, and is then neither redeemed nor canceled', async () => {
    const customer = await shop.customer();
    const inAnHour = new Date(Date.now() + 3_600_000);
    const [early, late] = await codes(2, 500, inAnHour);
    expect(await bring(customer, early!.code)).toMatchObject({ kind: 'redeemed' });
    skippedMs = 3_700_000;
    expect(await bring(customer, late!.code)).toMatchObject(refused('gift_code_expired'));
    expect(await cancelGiftCode(shop.store.pool, caller, late!.id)).toMatchObject({ status: 'expired' }); // prettier-ignore
    expect(await findGiftCode(shop.store.pool, caller, early!.id)).toMatchObject({ status: 'redeemed' }); // prettier-ignore
  });

  test('that is canceled and redeemed at once is one of them', async () => {
    for (const _ of times(10, Number)) {
      const customer = await shop.customer();
      const { id, code: typed } = await code();
      const [canceled, end] = await Promise.all([
        cancelGiftCode(shop.store.pool, caller, id),
        bring(customer, typed),
      ]);
      const isHis = end.kind === 'redeemed';
      expect(canceled).toMatchObject({ status: isHis ? 'redeemed' : 'canceled' });
      expect(await balance(customer)).toBe(isHis ? 500 : 0);
    }
  });

  test('is not taken for a customer who was removed', async () => {
    const customer = await shop.customer();
    const { id, code: typed } = await code();
    await removeCustomer(shop.store, caller, customer);
    expect(await bring(customer, typed)).toEqual({ kind: 'not_found' });
    expect(await findGiftCode(shop.store.pool, caller, id)).toMatchObject({ status: 'active' });
  });
});

describe('codes that nobody knows', () => {
  test('five in a row lock a customer’s redemptions for a quarter of an hour, and no other’s', async () => {
    const customer = await shop.customer();
    const [before, after] = await codes(2);
    const key = keyed();
    await bring(customer, before!.code, key);
    for (const _ of times(5, Number)) expect(await bring(customer, guess)).toMatchObject(refused('gift_code_unknown')); // prettier-ignore
    const locked = await bring(customer, after!.code);
    expect(locked).toEqual({ kind: 'locked', forSeconds: expect.any(Number) });
    expect(locked.kind === 'locked' && locked.forSeconds > 800 && locked.forSeconds <= 900).toBe(true); // prettier-ignore
    expect(await bring(customer, before!.code, key)).toMatchObject({ kind: 'replayed' });
    expect(await bring(await shop.customer(), (await code()).code)).toMatchObject({
      kind: 'redeemed',
    });
    skippedMs = 16 * 60_000;
    expect(await bring(customer, guess)).toMatchObject(refused('gift_code_unknown'));
    expect(await bring(customer, after!.code)).toMatchObject({ kind: 'redeemed' });
  });

  test('of twenty at once five are answered', async () => {
    const customer = await shop.customer();
    const ends = await Promise.all(times(20, () => bring(customer, guess)));
    expect(ends.filter(({ kind }) => kind === 'refused')).toHaveLength(5);
    expect(ends.filter(({ kind }) => kind === 'locked')).toHaveLength(15);
  });

  test('are forgotten with a redemption, but not with a used code', async () => {
    const [customer, other] = [await shop.customer(), await shop.customer()];
    const { code: used } = await code();
    for (const one of [customer, other]) for (const _ of times(4, Number)) await bring(one, guess);
    await bring(customer, used);
    expect(await bring(other, used)).toMatchObject(refused('gift_code_used'));
    for (const one of [customer, other]) await bring(one, guess);
    expect((await bring(customer, (await code()).code)).kind).toBe('redeemed');
    expect((await bring(other, (await code()).code)).kind).toBe('locked');
  });

  test('count once, however often they are repeated with their key', async () => {
    const customer = await shop.customer();
    const key = keyed();
    for (const _ of times(10, Number)) await bring(customer, guess, key);
    expect((await bring(customer, (await code()).code)).kind).toBe('redeemed');
  });
});

test('the books balance afterwards', async () => {
  expect(await verifyLedger(shop.store.pool)).toMatchObject({ balanced: true });
});
