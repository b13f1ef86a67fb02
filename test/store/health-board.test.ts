import type { CircuitTerms } from '../../src/domain/circuit.ts';
import type { CallResult } from '../../src/domain/health.ts';
import { type CircuitChange, createHealthBoard, type HealthBoard, keepHealth } from '../../src/store/health-board.ts'; // prettier-ignore
import { pauseAccount } from '../../src/store/pause.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { Shop, until } from './shop.ts';

const terms: CircuitTerms = {
  calls_min: 20,
  failed_percent: 50,
  refused_max: 5,
  good_min: 2,
  retry_ms: 0,
  retry_most_ms: 0,
};

let database: Database;
let shop: Shop;
let account: string;
const changes: CircuitChange[] = [];

/** Two processes over one database. */
let boards: [HealthBoard, HealthBoard];
const boardWith = (given: Partial<CircuitTerms> = {}) =>
  createHealthBoard(shop.store, { ...terms, ...given }, (change) => changes.push(change));

let shops = 0;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  shops += 1;
  shop = await Shop.open(database.open(), `cha_health${shops}`);
  account = shop.account;
  boards = [boardWith(), boardWith()];
  changes.length = 0;
});

const counts = (board: HealthBoard, times: number, result: CallResult) => {
  for (let nth = 0; nth < times; nth += 1) board.count(account, 'create', result, 90);
};
const stateIn = (board: HealthBoard) => board.of(account).circuit.state;
const bothExchange = () => Promise.all(boards.map((board) => board.exchange()));
/** Opens the circuit by what one of them saw. */
const open = async () => {
  counts(boards[0], 5, 'refused');
  await boards[0].exchange();
  await boards[1].exchange();
};

test('what two processes count at the same time is one sum for both', async () => {
  const [mine, other] = boards;
  for (let round = 0; round < 3; round += 1) {
    counts(mine, 2, 'answered');
    counts(other, 1, 'declined');
    await bothExchange();
  }
  await bothExchange();
  for (const board of boards) {
    const { buckets } = board.of(account);
    const sum = (what: 'answered' | 'declined' | 'time_ms') =>
      buckets.reduce((all, { tally }) => all + tally[what], 0);
    expect([sum('answered'), sum('declined'), sum('time_ms')]).toEqual([6, 3, 810]);
    expect(buckets.reduce((all, { tally }) => all + tally.times[2]!, 0)).toBe(9);
    expect(board.accounts()).toContainEqual({ channel_account: account, channel: 'wechat-pay' });
  }
});

test('an account whose circuit may close is given one payment at a time to find that out', async () => {
  const [mine, other] = boards;
  expect(mine.wantsProbe(account)).toBe(false);
  await open();
  expect([mine.wantsProbe(account), mine.wantsProbe(account)]).toEqual([true, true]); // nobody has gone there
  mine.sent(account);
  expect([mine.wantsProbe(account), other.wantsProbe(account)]).toEqual([false, true]);
});

test('no new attempt begins at an account that is paused', async () => {
  await pauseAccount(
    shop.store,
    account,
    { reason: null, until: null },
    { by: 'operator', claim: null },
  );
  await bothExchange();
  for (const board of boards)
    expect(await board.begin(account)).toEqual({
      kind: 'held_back',
      why: 'the account is paused',
      again_in_ms: null,
    });
});

test('an account of which nothing is known may begin, and nobody is asked', async () => {
  expect(boards[0].of(account)).toMatchObject({ circuit: { state: 'closed' }, buckets: [] });
  expect(await boards[0].begin(account)).toEqual({ kind: 'free' });
});

test('a circuit is opened by one of two that see the same, and holds both back', async () => {
  boards = [boardWith({ retry_ms: 60_000 }), boardWith({ retry_ms: 60_000 })];
  counts(boards[0], 3, 'refused');
  counts(boards[1], 2, 'refused');
  await bothExchange();
  await bothExchange();
  await bothExchange();
  expect(boards.map(stateIn)).toEqual(['open', 'open']);
  expect(changes).toEqual([{ channel_account: account, from: 'closed', to: 'open' }]);
  for (const board of boards)
    expect(await board.begin(account)).toEqual({ kind: 'held_back', why: 'the circuit is open', again_in_ms: expect.any(Number) }); // prettier-ignore
});

test('one probe goes out at a time, over all processes; good ones close it', async () => {
  await open();
  for (const expected of ['half_open', 'closed']) {
    const begun = await Promise.all([...boards, ...boards].map((board) => board.begin(account)));
    const probes = begun.flatMap((one) => (one.kind === 'probe' ? [one] : []));
    expect(probes).toHaveLength(1);
    await probes[0]!.end('good');
    await bothExchange();
    expect(boards.map(stateIn)).toEqual([expected, expected]);
  }
  expect(await boards[1].begin(account)).toEqual({ kind: 'free' });
});

test('a probe that fails opens it again', async () => {
  await open();
  const probe = await boards[1].begin(account);
  if (probe.kind !== 'probe') throw new Error(probe.kind);
  await bothExchange();
  expect(boards.map(stateIn)).toEqual(['half_open', 'half_open']);
  await probe.end('failed');
  await bothExchange();
  expect(boards.map(stateIn)).toEqual(['open', 'open']);
});

test('what was refused before it closed does not open it again', async () => {
  await open();
  for (let nth = 0; nth < terms.good_min; nth += 1) {
    const probe = await boards[0].begin(account);
    if (probe.kind === 'probe') await probe.end('good');
    await boards[0].exchange();
  }
  await bothExchange();
  await bothExchange();
  expect(boards.map(stateIn)).toEqual(['closed', 'closed']);
});

test('it is told and heard every second, and for the last time when it stops', async () => {
  const failed: unknown[] = [];
  const keeping = keepHealth(boards[0], (error) => failed.push(error));
  counts(boards[1], 1, 'unknown');
  await boards[1].exchange();
  await until(() => Promise.resolve(boards[0].of(account).buckets.length > 0 ? true : null));
  counts(boards[0], 1, 'answered');
  await keeping.stop();
  await boards[1].exchange();
  const answered = boards[1].of(account).buckets.map(({ tally }) => tally.answered);
  expect(answered.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect(failed).toEqual([]);
});
