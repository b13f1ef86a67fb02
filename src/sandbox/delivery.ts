import { randomUUID } from 'node:crypto';

import type { Books, Delivery, Fault, Transaction } from './books.ts';
import { strike } from './fault.ts';
import { type Notice, seal } from './wechat-pay/notice.ts';

/** The channel's own ladder in seconds (channels.md 1.3). */
const ladder = [
  15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600,
];

/** Unacknowledged within 5 s is a failed try. */
const acknowledgeMs = 5_000;

/** `reorder` lets whatever comes next overtake: it waits this long. */
const overtakenMs = 2_000;

export interface Deliverer {
  readonly enqueue: (
    transaction: Transaction,
    notice: Notice,
    operation: Delivery['operation'],
    url: string,
  ) => void;
  /** Sends the last callback of this number again, freshly signed; answers the statuses, 0 for no answer. */
  readonly resend: (
    last: Delivery,
    options: { copies: number; parallel: boolean; account?: string | undefined },
  ) => Promise<number[]>;
  readonly stop: () => void;
}

/** Delivers callbacks from the books' queue until they are acknowledged, also after `kill -9`. */
export function createDeliverer(
  books: Books,
  options: { firstMs: number; scale: number },
): Deliverer {
  const busy = new Set<string>();
  const save = (delivery: Delivery) => books.write({ kind: 'delivery', delivery });

  const attempt = async (delivery: Delivery): Promise<void> => {
    const faults = strike(books, delivery.channel, 'callback', delivery.reference);
    const names = new Set(faults.map((fault) => fault.fault));
    await pause(heldBack(faults, names));
    const status = names.has('drop') ? 0 : await sendCopies(books, delivery, faults, names);
    const current = books.deliveries.get(delivery.id);
    if (!current) return; // reset in between
    const acknowledged = status === 200 || status === 204;
    const tries = current.tries + 1;
    const wait = ladder[tries - 1];
    if (!acknowledged && wait === undefined)
      books.violate(delivery.channel, delivery.reference, 'missing_ack', 'never acknowledged');
    save({
      ...current,
      tries,
      next_at: Date.now() + (wait ?? 0) * 1_000 * options.scale,
      status: acknowledged ? 'acknowledged' : wait === undefined ? 'given_up' : 'waiting',
    });
  };
  const turn = (): void => {
    const now = Date.now();
    for (const delivery of books.deliveries.values()) {
      if (delivery.status !== 'waiting' || delivery.next_at > now || busy.has(delivery.id))
        continue;
      busy.add(delivery.id);
      void attempt(delivery).finally(() => busy.delete(delivery.id));
    }
  };
  const timer = setInterval(turn, 25);
  return {
    enqueue: (transaction, notice, operation, url) => {
      const { channel, reference } = transaction;
      save({
        id: randomUUID(), channel, reference, url, operation, notice: { ...notice },
        tries: 0, next_at: Date.now() + options.firstMs, status: 'waiting',
      }); // prettier-ignore
    },
    resend: async (last, { copies, parallel, account }) => {
      const url = account === undefined ? last.url : last.url.replace(/[^/]+$/, account);
      const send = () => post(last, new Set(), url, '');
      if (parallel) return Promise.all(Array.from({ length: copies }, send));
      const statuses: number[] = [];
      for (let copy = 0; copy < copies; copy += 1) statuses.push(await send());
      return statuses;
    },
    stop: () => clearInterval(timer),
  };
}

function heldBack(faults: readonly Fault[], names: ReadonlySet<string>): number {
  const delays = faults
    .filter((fault) => fault.fault === 'delay')
    .map((fault) => fault.delay_ms ?? 3_000);
  return Math.max(0, ...delays) + (names.has('reorder') ? overtakenMs : 0);
}

async function sendCopies(
  books: Books,
  delivery: Delivery,
  faults: readonly Fault[],
  names: ReadonlySet<string>,
): Promise<number> {
  const duplicate = faults.find((fault) => fault.fault === 'duplicate');
  const copies = duplicate ? (duplicate.copies ?? 2) : 1;
  const other =
    [...books.transactions.values()].find((one) => one.reference !== delivery.reference)
      ?.reference ?? 'att_of_nobody_0000';
  const statuses = await Promise.all(
    Array.from({ length: copies }, () => post(delivery, names, delivery.url, other)),
  );
  return statuses[0] ?? 0;
}

async function post(
  delivery: Delivery,
  faults: ReadonlySet<string>,
  url: string,
  otherOrder: string,
): Promise<number> {
  const { body, headers } = seal(delivery.notice as unknown as Notice, faults, otherOrder);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(acknowledgeMs),
      redirect: 'manual',
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}
