import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import pg from 'pg';

import { readingOf } from '../../src/api/callback-reading.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { createParsedAccounts } from '../../src/channels/parsed-account.ts';
import type { Command } from '../../src/domain/fact.ts';
import type { Id } from '../../src/domain/id.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import { type KeptSettings, openSettings } from '../../src/store/account-settings.ts';
import { changeAccount, createAccount } from '../../src/store/account-version.ts';
import { findSettings } from '../../src/store/channel-account.ts';
import { createKeyring, type SecretKey } from '../../src/store/keyring.ts';
import { verifyLedger } from '../../src/store/ledger.ts';
import { insertPayment, type NewPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { resealAll } from '../../src/store/reseal.ts';
import { seedChannelAccount } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny, paid, qrCode } from '../support/payment.ts';
import { openPatient, Shop } from './shop.ts';

/**
 * Faults.md section 4, P4: two clients work on one payment at the same time, on a real PostgreSQL; fast-check decides
 * whose statement leaves next. 2,000 with `INTERLEAVINGS=2000`; a failure prints the seed and the path that replay it.
 */
const numRuns = Number(process.env['INTERLEAVINGS'] ?? 20);

let database: Database;
let shop: Shop;
/** The two clients. */
let stores: readonly [Store, Store];
/** Before each statement of either. */
let turn: (client: number) => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
  const { pool, keyring } = shop.store;
  await seedChannelAccount(pool, { id: 'cha_card', channel: 'stripe', settings: {} }, keyring);
  stores = [clientOf(0, [fresh, known]), clientOf(1, [known, fresh])];
});
afterAll(() => database.close());

/** The second master key, with which the first client seals anew what the key of the tests has sealed. */
const known = { id: 'test', bytes: Buffer.alloc(32, 7) };
const fresh = { id: 'fresh', bytes: Buffer.alloc(32, 8) };

function clientOf(client: number, keys: readonly SecretKey[]): Store {
  return inTurns(openPatient(database, { keyring: createKeyring(keys) }), client);
}

/** Each statement waits for its turn; those of one client keep their order. A lock may still make it wait longer. */
function inTurns(store: Store, client: number): Store {
  const connect = store.pool.connect.bind(store.pool) as () => Promise<pg.PoolClient>;
  const taken = async () => {
    const connection = await connect();
    const query = pg.Client.prototype.query.bind(connection) as (...given: unknown[]) => unknown;
    let last = Promise.resolve();
    const inTurn = (...given: unknown[]) => {
      last = last.then(() => turn(client));
      return last.then(() => query(...given));
    };
    return Object.assign(connection, { query: inTurn });
  };
  return Object.assign(store, { pool: Object.assign(store.pool, { connect: taken }) });
}

/** What one of the two does. Its cause is its own, so that it can be repeated. */
type Act = (store: Store, id: string, cause: string) => Promise<unknown>;

const commanded = (command: Command): Act => (store, id, cause) =>
  record(store, id, { cause, fact: { kind: 'command', command } }); // prettier-ignore
const refund = (amount: number) => commanded({ name: 'refund', amount: toMinor(amount), reason: null }); // prettier-ignore
const capture = (amount: number) => commanded({ name: 'capture', amount: toMinor(amount), is_final: false }); // prettier-ignore
const cancel = commanded({ name: 'cancel', note: null });
const expire: Act = (store, id, cause) =>
  record(store, id, { cause, fact: { kind: 'due', what: 'expiry' } });
const callback: Act = (store, id, cause) =>
  record(store, id, { cause, fact: { kind: 'callback', callback: cause } });

/** A payment that waits for its payer, and is due. */
async function waiting(): Promise<string> {
  const order = shop.order();
  const { id } = await made({ ...order, terms: { ...order.terms, expires_in_ms: 1 } });
  await shop.end(id, 'create', qrCode);
  return id;
}

async function paidOne(): Promise<string> {
  const id = await waiting();
  await shop.pay(id);
  return id;
}

/** A card payment whose whole amount is held. */
async function held(): Promise<string> {
  const order = shop.order();
  const route = { channel: 'stripe', channel_account: 'cha_card', account_version: 1 } as const;
  const choice = { method: 'card', token: 'tok_ok', route };
  const { id } = await made({ ...order, choice, terms: { ...order.terms, capture: 'manual' } });
  await shop.end(id, 'create', { kind: 'created', handle: 'pi_1' });
  const hold: Answer = { kind: 'held', channel_reference: 'pi_1', held: toMinor(1_999), captured: toMinor(0), currency: cny, ends_at: '2099-12-01T00:00:00.000Z', is_over: false }; // prettier-ignore
  await shop.end(id, 'confirm', hold);
  return id;
}

async function made(order: NewPayment) {
  const inserted = await insertPayment(shop.store, order);
  if (inserted.kind !== 'created') throw new Error(`not created: ${JSON.stringify(inserted)}`);
  return inserted.payment;
}

/** Where it stands, without what differs from payment to payment. */
async function standing(id: string): Promise<object> {
  const { status, outcome, given_up, attempts, refunds, captures } = await shop.load(id);
  return {
    status, outcome, given_up,
    attempts: attempts.map((one) => [one.status, one.operations.map((op) => [op.verb, op.ended]).sort()]),
    refunds: refunds.map((one) => [one.amount, one.status, one.origin]),
    captures: captures.map((one) => [one.amount, one.status]),
  }; // prettier-ignore
}

/** A callback's cause is the row that it came as. */
async function causeOf(act: Act, id: string): Promise<string> {
  return act === callback ? shop.stored(id, paid()) : randomUUID();
}

/** The two, one after the other. */
async function inOrder(begin: () => Promise<string>, acts: readonly Act[]): Promise<object> {
  const id = await begin();
  for (const act of acts) await act(shop.store, id, await causeOf(act, id));
  return standing(id);
}

test.each<readonly [string, () => Promise<string>, Act, Act]>([
  ['two refunds that are too much together', paidOne, refund(1_200), refund(1_100)],
  ['two refunds that fit', paidOne, refund(1_000), refund(999)],
  ['a cancel and the callback of who paid', waiting, cancel, callback],
  ['an expiry and the callback of who paid', waiting, expire, callback],
  ['a capture and a void', held, capture(1_999), cancel],
  ['two captures', held, capture(1_200), capture(1_100)],
])(
  '%s end as one of them first would, in both orders',
  async (_, begin, one, other) => {
    const serial = [await inOrder(begin, [one, other]), await inOrder(begin, [other, one])];
    const firsts = new Set<number>();
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const id = await begin();
    const causes = [await causeOf(one, id), await causeOf(other, id)] as const;
    turn = (client) => scheduler.schedule(Promise.resolve(), `client ${client}`).then(() => undefined); // prettier-ignore
    const both = Promise.all([one(stores[0], id, causes[0]), other(stores[1], id, causes[1])]);
    await scheduler.waitFor(both);
    turn = () => Promise.resolve();
    const after = await standing(id);
    expect(serial).toContainEqual(after);
    firsts.add((await shop.timeline(id)).findIndex(({ cause }) => cause === causes[0]));
    const written = await shop.everything(id);
    await one(stores[0], id, causes[0]);
    await other(stores[1], id, causes[1]);
    expect(await shop.everything(id)).toEqual(written); // each was recorded once, and is remembered
  }); // prettier-ignore
    await fc.assert(property, { numRuns });
    expect(firsts.size).toBe(2);
    expect((await verifyLedger(shop.store.pool)).balanced).toBe(true);
  },
  600_000,
);

describe('a rotation', () => {
  /** A callback is a key and nothing else; an account, the one that signs. */
  const channel = {
    parseAccount: (settings: unknown) => settings,
    readCallback: ({ key }: { key: string }, { body }: { body: Buffer }) =>
      body.toString() === key ? { kind: 'irrelevant', event: 'e', detail: '' } : { kind: 'forged' },
  } as unknown as Channel;
  const content = (key: string) => ({
    settings: { key },
    methods: null,
    currencies: null,
    fees: null,
  });

  /** What the API does with one. Answers whether it was believed, and which version was the newest for it. */
  const verify = (store: Store, id: string, key: string) =>
    store.transaction(async (db) => {
      const newest = await findSettings(db, 'wechat-pay', id);
      const parsed = createParsedAccounts((kept: KeptSettings) => openSettings(store.keyring, kept)); // prettier-ignore
      const raw = { headers: {}, body: Buffer.from(key) };
      const { kind } = await readingOf(db, channel, parsed, newest!, raw);
      return { isBelieved: kind === 'irrelevant', newest: newest!.version };
    });

  test('of the account’s keys, and of the master key that seals them, breaks no callback that is under way', async () => {
    const seen = new Set<number>();
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const owned = { merchant_id: shop.merchant, channel: 'wechat-pay', livemode: false };
      const made = await createAccount(shop.store, { ...owned, ...content('old') }, null);
      const id = (made as { id: Id<'cha'> }).id;
      turn = (client) => scheduler.schedule(Promise.resolve(), `client ${client}`).then(() => undefined); // prettier-ignore
      const rotate = async () => {
        await changeAccount(stores[0], id, () => content('new'), null);
        await resealAll(stores[0]);
        await changeAccount(stores[0], id, () => content('newer'), null);
      };
      const callbacks = async () => {
        const answers = [];
        for (let n = 0; n < 4; n += 1) answers.push(await verify(stores[1], id, 'old'));
        return answers;
      };
      const both = Promise.all([callbacks(), rotate()]);
      await scheduler.waitFor(both);
      turn = () => Promise.resolve();
      const [answers] = await both;
      expect(answers.map(({ isBelieved }) => isBelieved)).toEqual([true, true, true, true]);
      for (const { newest } of answers) seen.add(newest);
      for (const key of ['old', 'new', 'newer', 'never'])
        expect(await verify(stores[1], id, key)).toEqual({ isBelieved: key !== 'never', newest: 3 });
    }); // prettier-ignore
    await fc.assert(property, { numRuns });
    expect(seen.size).toBeGreaterThan(1); // before and after
  }, 600_000);
});
