import { EventEmitter } from 'node:events';

import pg from 'pg';

import { loadPayment, type StoredPayment } from './payment-row.ts';
import type { Store } from './store.ts';

/** Lets callers wait for a row to move, a payment's above all. */
export interface Waiting {
  /**
   * The payment once `done` says so, or as it is after `ms`. Null when there is none.
   * `known`: as it was just made. Nobody else can have moved it yet, so it is not read before it moves.
   */
  readonly until: (
    id: string,
    done: (payment: StoredPayment) => boolean,
    ms: number,
    known?: StoredPayment,
  ) => Promise<StoredPayment | null>;
  /** The same for anything else whose moves are announced: `read` reads it. */
  readonly untilSo: <Row>(
    id: string,
    read: () => Promise<Row | null>,
    done: (row: Row) => boolean,
    ms: number,
    known?: Row,
  ) => Promise<Row | null>;
  /** From now on nobody waits: each is answered with how it stands. The process is about to end. */
  readonly hurry: () => void;
  /** Waits for this too, until nobody waits: then a second longer, so that what was begun reaches who carries it on. */
  readonly unlessHurried: (work: Promise<unknown>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A notification can be lost with its connection: the row is read again at least this often. */
const rereadMs = 1_000;

const leavingMs = 1_000;

/** So often it is said again that we listen: who only hears does not notice that the other end is gone (a failover, a firewall). */
const listenEveryMs = 10_000;

/** A PostgreSQL that takes longer to answer that, or to say goodbye, is gone. */
const answerWithinMs = 2_000;

/** No payment is called so. */
const hurry = Symbol('hurry');

/** Listens to what each recording transaction announces, over one connection that is made again when it breaks or falls silent. */
export function createWaiting(
  store: Store,
  databaseUrl: string,
  sayEveryMs = listenEveryMs,
): Waiting {
  const moved = new EventEmitter().setMaxListeners(0);
  let listener: pg.Client | null = null;
  let closed = false;
  let isHurried = false;

  const listen = async (): Promise<void> => {
    if (closed) return;
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    });
    listener = client;
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => moved.emit(payload ?? ''));
    client.once('end', () => setTimeout(() => void listen(), 1_000).unref());
    try {
      await client.connect();
      for (;;) {
        await client.query('listen payment');
        await pause(sayEveryMs);
      }
    } catch {
      await client.end().catch(() => undefined);
    }
  };
  void listen();

  const nextMove = (id: string, ms: number) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        moved.off(id, end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      moved.once(id, end);
    });
  const untilSo: Waiting['untilSo'] = async (id, read, done, ms, known) => {
    const deadline = Date.now() + ms;
    for (let next = known; ; next = undefined) {
      const move = nextMove(id, Math.max(0, Math.min(rereadMs, deadline - Date.now()))); // before the read: nothing falls between
      const row = next ?? (await read());
      const isOver = isHurried || Date.now() >= deadline;
      if (!row || done(row) || isOver) return row;
      await move;
    }
  };
  return {
    until: (id, done, ms, known) => untilSo(id, () => loadPayment(store.pool, id), done, ms, known),
    untilSo,
    hurry() {
      isHurried = true;
      for (const id of moved.eventNames()) moved.emit(id);
    },
    async unlessHurried(work) {
      let leave = () => undefined as unknown;
      const left = new Promise<void>((resolve) => {
        leave = () => setTimeout(resolve, leavingMs);
        if (isHurried) leave();
        else moved.once(hurry, leave);
      });
      await Promise.race([work, left]).finally(() => moved.off(hurry, leave));
    },
    async close() {
      closed = true;
      await Promise.race([listener?.end(), pause(answerWithinMs)]);
    },
  };
}

/** Keeps no process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
