import { drawId } from './id.ts';
import { storable } from './storable.ts';
import { type Db, prepared } from './store.ts';

/** One request to a channel with its reply; the texts are redacted already. */
export interface Exchange {
  readonly id: string;
  readonly payment_id: string;
  readonly operation_id: string;
  readonly channel: string;
  readonly verb: string;
  readonly request: string;
  readonly response: string | null;
  readonly result: string;
  readonly took_ms: number;
}

/** The exchange under an id of its own, so that it may be written twice and stands there once. */
export function exchangeOf(said: Omit<Exchange, 'id'>): Exchange {
  return { id: drawId('exc'), ...said };
}

const keep = prepared(
  'exchange',
  `insert into channel_exchanges (id, payment_id, operation_id, channel, verb, request, response, result, took_ms)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing`,
);

/** Keeps what was said to a channel, for the timeline. */
export async function writeExchanges(db: Db, exchanges: readonly Exchange[]): Promise<void> {
  const write = ({ id, payment_id, operation_id, channel, verb, ...said }: Exchange) => {
    const { request, response, result, took_ms } = storable(said);
    return db.query(keep(id, payment_id, operation_id, channel, verb, request, response, result, took_ms)); // prettier-ignore
  };
  await Promise.all(exchanges.map(write));
}
