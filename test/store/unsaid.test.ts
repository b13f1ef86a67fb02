import { randomUUID } from 'node:crypto';

import type { Message } from '../../src/domain/message.ts';
import { toMinor } from '../../src/domain/money.ts';
import { record } from '../../src/store/record.ts';
import { insertUnsaid } from '../../src/store/unsaid.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { Shop } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(database.open());
});
afterAll(() => database.close());

type Ordered = Extract<Message['fact'], { kind: 'command' }>['command'];
const message = (command: Ordered, fingerprint?: string, cause: string = randomUUID()): Message => ({
  cause,
  fact: { kind: 'command', command },
  ...(fingerprint === undefined ? {} : { key: { app_id: shop.app, fingerprint } }),
}); // prettier-ignore
const keep = (id: string, of: Message, words: string) =>
  insertUnsaid(shop.store.pool, of, id, { choice: null, words });
const noteOf = async (id: string) => (await shop.load(id)).cancel_note;

test.each([undefined, 'body'])('what is kept under a cause is recorded with its command (key: %s)', async (body) => {
  const { id } = await shop.create();
  const cancel = message({ name: 'cancel' }, body);
  await keep(id, cancel, 'sold out');
  await record(shop.store, id, cancel);
  expect(await noteOf(id)).toBe('sold out');
}); // prettier-ignore

test('a command to which nothing was written has no words', async () => {
  const { id } = await shop.create();
  await record(shop.store, id, message({ name: 'cancel' }));
  expect(await noteOf(id)).toBeNull();
});

test('a key that nobody holds yet may come with another body, which has its own words', async () => {
  const { id } = await shop.create();
  const [first, second] = ['first', 'second'].map((body) => message({ name: 'cancel' }, body, `key of ${id}`));
  await keep(id, first!, 'of the first');
  await keep(id, second!, 'of the second');
  await record(shop.store, id, second!);
  expect(await noteOf(id)).toBe('of the second');
}); // prettier-ignore

test('nobody reads the words of another payment', async () => {
  const [mine, other] = [await shop.create(), await shop.create()];
  const cancel = message({ name: 'cancel' });
  await keep(other.id, cancel, 'not yours');
  await record(shop.store, mine.id, cancel);
  expect(await noteOf(mine.id)).toBeNull();
});

test('a refund of the build before, which says its reason itself, keeps it', async () => {
  const { id } = await shop.withCode();
  await shop.pay(id);
  const command = { name: 'refund', amount: toMinor(1), reason: 'damaged' } as const;
  await record(shop.store, id, message(command));
  expect((await shop.load(id)).refunds).toMatchObject([{ amount: 1, reason: 'damaged' }]);
});

test('a choice that an API of the version before has kept is found', async () => {
  const { id } = await shop.create({ method: null });
  const { choice } = shop.order();
  const confirm = message({ name: 'confirm' }, 'body');
  const text = 'insert into method_requests (cause, payment_id, choice) values ($1, $2, $3) on conflict do nothing';
  for (const _ of [1, 2]) await shop.store.pool.query(text, [confirm.cause, id, JSON.stringify(choice)]);
  await record(shop.store, id, confirm);
  expect((await shop.load(id)).attempts).toMatchObject([{ method: choice!.method }]);
}); // prettier-ignore
