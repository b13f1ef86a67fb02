import pg from 'pg';

import type { ChannelRules, Served } from '../domain/channel.ts';
import type { Timing } from '../domain/operation.ts';
import { faultPoint } from '../fault-point.ts';
import { createKeyring, type Keyring } from './keyring.ts';

/** Something that runs a statement: the pool, or the client of a transaction. */
export type Db = pg.Pool | pg.PoolClient;

/** A statement with its values. */
export type Prepared = (...values: unknown[]) => pg.QueryConfig;

/** A statement that every connection parses and plans once. The name is the statement's own; so is the text. */
export function prepared(name: string, text: string): Prepared {
  return (...values) => ({ name, text, values });
}

/** A delivery to a merchant, in one of its rounds: the first one, or a redelivery. */
export interface DeliveryRound {
  readonly id: string;
  readonly round: number;
}

/** Has a delivery tried until it is through. Throws when Temporal does not take it: its row is found again later. */
export type StartDelivery = (delivery: DeliveryRound) => Promise<void>;

/** Tries a delivery once, here and now. False when somebody else must go on: it failed, or there was no room for it. */
export type TryDelivery = (delivery: DeliveryRound) => Promise<boolean>;

export interface Store {
  readonly pool: pg.Pool;
  readonly timing: Timing;
  readonly rulesOf: (of: Served) => ChannelRules;
  /** Seals and opens the secrets in it. */
  readonly keyring: Keyring;
  /** Runs `work` in one transaction; commits when it returns, rolls back when it throws. */
  readonly transaction: <T>(work: (db: pg.PoolClient) => Promise<T>) => Promise<T>;
  readonly startDelivery: StartDelivery;
  readonly close: () => Promise<void>;
}

export interface StoreOptions {
  readonly databaseUrl: string;
  readonly timing: Timing;
  readonly rulesOf: (of: Served) => ChannelRules;
  /** Default: one without a key, for who needs no secret. */
  readonly keyring?: Keyring;
  /** Default: nobody; the attendance of a process that can will find them. */
  readonly startDelivery?: StartDelivery;
  /** Before a delivery is started; default: it is started at once. */
  readonly tryDelivery?: TryDelivery;
  readonly connectionsMax?: number;
  /** How long one statement may take; default 8 s, below the 10 s of one try of `record`. */
  readonly answerWithinMs?: number;
  /** Tests that skip time: milliseconds to add to the database's clock, read at each transaction and each lone statement. */
  readonly clockOffsetMs?: () => number | Promise<number>;
}

// bigint columns hold minor units: read through one checked parser, never as a silent float.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53 - 1`);
  return value;
});

/** Opens the store. Nothing is connected before the first statement. */
export function createStore(options: StoreOptions): Store {
  const { clockOffsetMs, startDelivery = () => Promise.resolve() } = options;
  const { tryDelivery = () => Promise.resolve(false) } = options;
  const hand = async (delivery: DeliveryRound): Promise<void> => {
    if (!(await tryDelivery(delivery))) await startDelivery(delivery);
  };
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.connectionsMax ?? 20,
    pipeline: true, // statements that do not wait for each other leave together
    connectionTimeoutMillis: 2_000, // PostgreSQL away is a 503 soon, not a hang
    query_timeout: options.answerWithinMs ?? 8_000, // a server that vanished without a word: TCP would wait 15 min
    idle_in_transaction_session_timeout: 10_000, // a process frozen in a transaction holds its row's lock no longer
    ...(clockOffsetMs ? skippingTime(clockOffsetMs) : {}),
  });
  pool.on('error', () => undefined); // an idle connection that broke is replaced by the next use
  // One in use tells its statements. Heard from its first moment on, not only inside a transaction: one that
  // PostgreSQL ended in the packet that opened it found nobody listening, which ends a Node process.
  pool.on('connect', (db) => db.on('error', () => undefined));
  return {
    pool,
    timing: options.timing,
    rulesOf: options.rulesOf,
    keyring: options.keyring ?? createKeyring([]),
    transaction: (work) => transact(pool, hand, work),
    startDelivery,
    close: () => pool.end(),
  };
}

/** Every use of the pool is a new connection, whose clock is set before its first statement. */
function skippingTime(clockOffsetMs: NonNullable<StoreOptions['clockOffsetMs']>): pg.PoolConfig {
  const set = `select set_config('holdfast.clock_offset_ms', $1, false)`;
  return {
    maxUses: 1,
    verify: (client, done) => {
      const told = async () => client.query(set, [String(await clockOffsetMs())]);
      told().then(() => done(), done);
    },
  };
}

/** What ends a transaction, besides its commit. */
interface Ending {
  readonly deliveries: DeliveryRound[];
  last: Promise<unknown>;
}

const endings = new WeakMap<Db, Ending>();

function endingOf(db: Db): Ending {
  const mine = endings.get(db);
  if (!mine) throw new Error('bug: this belongs in a transaction');
  return mine;
}

/** Has these deliveries tried, or started, as soon as the transaction of `db` has committed; nobody waits for it. */
export function startAfterCommit(db: Db, deliveries: readonly DeliveryRound[]): void {
  endingOf(db).deliveries.push(...deliveries);
}

/**
 * The transaction's last statement, with the commit right behind it on the wire: of a statement that fails
 * PostgreSQL makes a rollback. One only, and whole: had it not left, the commit would keep what came before it.
 */
export function commitWith(db: Db, statement: Promise<unknown>): void {
  statement.catch(() => undefined); // heard at the commit
  endingOf(db).last = statement;
}

async function transact<T>(
  pool: pg.Pool,
  hand: StartDelivery,
  work: (db: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const db = await pool.connect();
  let broken = false;
  try {
    const ending: Ending = { deliveries: [], last: Promise.resolve() };
    endings.set(db, ending);
    db.query('begin').catch(() => undefined); // the first statement leaves with it, and fails with it
    const result = await work(db);
    faultPoint('commit.before');
    await Promise.all([ending.last, db.query('commit')]);
    faultPoint('commit.after');
    for (const delivery of ending.deliveries) hand(delivery).catch(() => undefined); // the rows are the truth
    return result;
  } catch (error) {
    if (isAway(error)) broken = true;
    else await db.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    endings.delete(db);
    db.release(broken); // a connection that cannot roll back is not used again
  }
}

/**
 * Is this what a statement throws when PostgreSQL is away, coming back, full or not answering? Then nothing
 * is known of it, a commit included: to be repeated with the same cause or key.
 */
export function isAway(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (typeof code === 'string' && awayCodes.test(code)) || awayWords.test(String(message));
}

// Classes 08 (connection), 53 (resources), 57P0x (shutdown, starting up), a read-only standby, a transaction that
// idled too long (https://www.postgresql.org/docs/current/errcodes-appendix.html); then Node's for the socket.
const awayCodes = /^(08|53|57P0|25006|25P03)|^E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_AGAIN)/;
// What pg says without a code.
const awayWords =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable|Query read timeout/i;
