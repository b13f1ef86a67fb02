import { createFirstTries, type FirstTries } from '../../src/activities/first-try.ts';
import { createTeller, type Teller } from '../../src/activities/webhook-try.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { leaseDeliveries } from '../../src/store/delivery.ts';
import { listEvents } from '../../src/store/event.ts';
import type { DeliveryRound, Store } from '../../src/store/store.ts';
import { insertEndpoint } from '../../src/store/webhook-endpoint.ts';
import { Shop, times, until } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { answer, type Behaviour, hang, Inbox } from '../support/inbox.ts';

/** What becomes of a delivery in the process that has just committed its event. */
let database: Database;
let shop: Shop;
let caller: Caller;
let inbox: Inbox;
let firstTries: FirstTries;
let teller: Teller;
let path = '';
let drawn = 0;
const started: DeliveryRound[] = [];

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(
    database.open({
      tryDelivery: (delivery) => firstTries.tryDelivery(delivery),
      startDelivery: (delivery) => Promise.resolve(void started.push(delivery)),
    }),
  );
  caller = shop.caller;
  inbox = await Inbox.open();
});
afterAll(async () => {
  await inbox.close();
  await database.close();
});
beforeEach(async () => {
  teller = tellerOver(shop.store);
  firstTries = createFirstTries(teller);
  started.length = 0;
  path = `/${(drawn += 1)}`;
  await shop.store.pool.query('delete from webhook_endpoints');
  await shop.store.pool.query('update deliveries set attend_at = null');
  await insertEndpoint(shop.store, caller, { url: inbox.url(path), events: ['payment.created'], description: null }, null); // prettier-ignore
});

const tellerOver = (store: Store) =>
  createTeller({ store, schedule: [5, 300], egressAllow: ['127.0.0.1:*'], resolve: () => Promise.reject(new Error('nobody is asked')), timeoutMs: 4_000 }); // prettier-ignore

/** An event for a receiver that behaves so. */
const happen = (...behaviours: Behaviour[]) => {
  if (behaviours.length > 0) inbox.behave(path, ...behaviours);
  return shop.create();
};

const state = async (object_id: string) => {
  const page = await listEvents(shop.store.pool, caller, { object_id }, { limit: 1 });
  if (page.kind !== 'page') throw new Error(page.kind);
  return page.data[0]!.deliveries[0]!;
};

const settled = (id: string, status: string) =>
  until(async () => {
    const now = await state(id);
    return now.status === status ? now : null;
  });

test('a delivery that is taken at once starts no activity', async () => {
  const { id } = await happen();
  expect(await settled(id, 'delivered')).toMatchObject({ attempts: 1, last_status_code: 200 });
  expect(inbox.at(path)).toHaveLength(1);
  expect(started).toEqual([]);
});

test('one that fails is written down and goes on as an activity', async () => {
  const { id } = await happen(answer(500));
  const [round] = await until(() => (started.length > 0 ? started : null));
  const { id: delivery, ...now } = await state(id);
  expect(round).toEqual({ id: delivery, round: 1 });
  expect(now).toMatchObject({ status: 'pending', attempts: 1, last_status_code: 500 });
  expect(await teller(delivery, 1)).toMatchObject({ kind: 'later' }); // the ladder holds for whoever comes next
  expect(inbox.at(path)).toHaveLength(1);
});

test('one whose answer could not be written down goes on as an activity', async () => {
  const query = (text: string, values: unknown[]) =>
    text.startsWith('update')
      ? Promise.reject(new Error('PostgreSQL is away'))
      : shop.store.pool.query(text, values);
  const pool = { query } as unknown as Store['pool'];
  firstTries = createFirstTries(tellerOver({ ...shop.store, pool }));
  const { id } = await happen();
  await until(() => (started.length > 0 ? true : null));
  expect(await state(id)).toMatchObject({ status: 'pending', attempts: 0 });
});

test('one whose process dies at it is found by the attendance 60 s later', async () => {
  firstTries = createFirstTries(() => new Promise(() => undefined));
  const { id } = await happen();
  const { id: delivery } = await state(id);
  const after = (ms: number) => leaseDeliveries(database.open({ clockOffsetMs: () => ms }).pool);
  expect(await after(55_000)).toEqual([]);
  expect(await after(61_000)).toEqual([{ id: delivery, round: 1 }]);
  expect(started).toEqual([]);
});

test('what a process has no room for goes on as activities', async () => {
  firstTries = createFirstTries(() => new Promise(() => undefined), 2);
  await Promise.all(times(5, () => happen()));
  await until(() => (started.length === 3 ? true : null));
});

test('first tries and activities of a process together post four times at once', async () => {
  await Promise.all(times(6, () => happen(hang)));
  await inbox.until(path, (posts) => posts.length === 4);
  await until(() => (started.length === 2 ? true : null)); // no place within a second
  const ends = await Promise.all(started.map(({ id, round }) => teller(id, round)));
  expect(ends).toEqual(times(2, () => ({ kind: 'busy', tries: 0 })));
  await until(() => (started.length === 6 ? true : null)); // those that hung have failed
  expect(inbox.most.get(path)).toBe(4);
});

describe('a process that ends', () => {
  test('waits for those under way and takes no more', async () => {
    let release = (): void => undefined;
    await happen((response) => {
      release = () => response.writeHead(200).end();
    });
    await inbox.until(path, (posts) => posts.length === 1);
    let isStopped = false;
    const stopped = firstTries.stop(20_000).then(() => (isStopped = true));
    const later = await happen();
    await until(() => (started.length === 1 ? true : null));
    expect((await state(later.id)).id).toBe(started[0]!.id);
    expect(isStopped).toBe(false);
    release();
    await stopped;
  });

  test('does not wait for ever', async () => {
    firstTries = createFirstTries(() => new Promise(() => undefined));
    await happen();
    await firstTries.stop(50);
  });
});
