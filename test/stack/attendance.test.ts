import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { readConfig } from '../../src/config.ts';
import { attend } from '../../src/stack/attendance.ts';
import { Shop, until } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(database.open());
});
afterAll(() => database.close());

const one = async (text: string) => (await shop.store.pool.query(text)).rows[0] ?? null;

/** Listens as Temporal would, and never says a word. */
async function muteServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

test('a worker says that it lives while it waits for Temporal at one payment after another', async () => {
  for (let made = 0; made < 5; made += 1) await shop.create();
  await shop.store.pool.query(`update payments set attend_at = clock_now() - interval '1 s'`);
  const temporal = await muteServer();
  const config = readConfig({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal.address });
  const attendance = attend(shop.store, config);
  try {
    const beats = new Set<number>();
    while (beats.size < 3) {
      const beat = await one('select beat_at from workers');
      if (beat) beats.add(beat.beat_at.getTime());
      await pause(50);
    }
    const [first = 0, , third = 0] = beats;
    expect(third - first).toBeLessThan(20_000); // readiness allows 10 s for each
    const { leased } = await one(
      `select count(*)::int as leased from payments where attend_at > clock_now() + interval '10 s'`,
    );
    expect(leased).toBeGreaterThan(0); // the look is not over: some still wait for their turn
  } finally {
    temporal.close();
    await attendance.stop();
  }
}, 90_000);

test('what limits counted long ago is deleted by a worker, and what they count now is not', async () => {
  const { pool } = shop.store;
  const counters = async () =>
    (await pool.query<{ rule: string }>('select rule from limit_counters')).rows.map(({ rule }) => rule); // prettier-ignore
  await pool.query(
    `insert into limit_counters (app_id, livemode, rule, measure, subject, starts_on, used)
     values ($1, false, 'old', 'max_per_day', 'CNY', '2020-01-01', 5), ($1, false, 'new', 'max_per_day', 'CNY', clock_now()::date, 5)`,
    [shop.app],
  );
  const config = readConfig({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:1' });
  const attendance = attend(shop.store, config);
  try {
    await until(async () => ((await counters()).includes('old') ? null : 'deleted'));
    expect(await counters()).toEqual(['new']);
  } finally {
    await attendance.stop();
  }
}, 90_000);
