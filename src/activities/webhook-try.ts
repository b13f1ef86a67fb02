import { createHmac } from 'node:crypto';

import { nextTryInMs } from '../domain/delivery.ts';
import { faultPoint } from '../fault-point.ts';
import { createLine } from '../line.ts';
import { cancelDelivery, type Delivery, loadDelivery, recordDelivered, recordFailed, recordGone } from '../store/delivery.ts'; // prettier-ignore
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { post, type Posted } from './webhook-post.ts';
import { type Resolve, wayTo } from './webhook-target.ts';

/** How a try ended: nothing more is to be done, or another one is due, or its receiver is at its most already. */
export type Tried =
  | { readonly kind: 'over' }
  | { readonly kind: 'later'; readonly in_ms: number; readonly detail: string }
  | { readonly kind: 'busy'; readonly tries: number };

/** Makes one try of a delivery, if one is due. Throws when the store is away. */
export type Teller = (id: string, round: number) => Promise<Tried>;

export interface WebhookDependencies {
  readonly store: Store;
  /** Seconds between tries; the last repeats. */
  readonly schedule: readonly number[];
  /** EGRESS_ALLOW: for test keys only. */
  readonly egressAllow: readonly string[];
  readonly resolve: Resolve;
  /** How long a receiver may take; default 15 s (contract section 5). */
  readonly timeoutMs?: number;
}

/**
 * The one teller of a process, for its activities and its first tries alike. A receiver gets at most 4 posts at
 * once from it: one that hangs holds 4 sockets and never a place of anybody else.
 */
export function createTeller(dependencies: WebhookDependencies): Teller {
  const { store } = dependencies;
  const line = createLine(4, 40, 1_000);
  return async (id, round) => {
    const delivery = await loadDelivery(store, id);
    if (delivery?.status !== 'pending' || delivery.round !== round) return over;
    if (delivery.in_ms > 0) return later(delivery.in_ms, 'not due yet');
    const { url, secret } = delivery;
    if (url === null || secret === null)
      return cancelDelivery(store.pool, delivery).then(() => over);
    const leave = await line.enter(receiverOf(delivery, url));
    if (!leave) return { kind: 'busy', tries: delivery.tries };
    try {
      faultPoint('webhook.before');
      const posted = await sent(dependencies, delivery, { url: new URL(url), secret });
      faultPoint('webhook.after');
      const tried = await keep(dependencies, delivery, posted);
      faultPoint('delivered.after');
      return tried;
    } finally {
      leave();
    }
  };
}

const over: Tried = { kind: 'over' };

function later(in_ms: number, detail: string): Tried {
  return { kind: 'later', in_ms, detail };
}

/** An endpoint is one receiver; the many URLs of payments are one per app and host. */
function receiverOf({ endpoint, app_id }: Delivery, url: string): string {
  return endpoint === 'notify_url' ? `${app_id} ${new URL(url).host}` : endpoint;
}

async function sent(
  { egressAllow, resolve, timeoutMs = 15_000 }: WebhookDependencies,
  delivery: Delivery,
  { url, secret }: { readonly url: URL; readonly secret: string },
): Promise<Posted> {
  const way = await wayTo(url, delivery.livemode ? [] : egressAllow, resolve);
  if (way.kind === 'closed') return { kind: 'lost', detail: way.detail };
  const body = JSON.stringify(delivery.event);
  const headers = { 'Content-Type': 'application/json', 'User-Agent': 'Holdfast-Webhooks/1', ...signed(secret, delivery, body) }; // prettier-ignore
  return post({ url, addresses: way.addresses, headers, body, timeout_ms: timeoutMs });
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function signed(secret: string, { event }: Delivery, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000)); // compared with the receiver's clock
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${event.id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  };
}

/** Writes down what came of the try. */
async function keep(
  { store, schedule }: WebhookDependencies,
  delivery: Delivery,
  posted: Posted,
): Promise<Tried> {
  const status = posted.kind === 'answered' ? posted.status : null;
  const log = {
    delivery_id: delivery.id,
    event_id: delivery.event.id,
    endpoint: delivery.endpoint,
  };
  if (status !== null && status >= 200 && status < 300)
    return recordDelivered(store.pool, delivery, status).then(() => over);
  const detail = posted.kind === 'answered' ? `answered ${posted.status}` : posted.detail;
  logger.info({ ...log, tries: delivery.tries + 1 }, `a webhook was not delivered: ${detail}`);
  if (status === 410) return recordGone(store.pool, delivery).then(() => over);
  const retry_after_ms = posted.kind === 'answered' ? posted.retry_after_ms : null;
  const failure = { tries: delivery.tries + 1, age_ms: delivery.age_ms, retry_after_ms };
  const in_ms = nextTryInMs(schedule, failure, Math.random());
  await recordFailed(store.pool, delivery, status, in_ms);
  return in_ms === null ? over : later(in_ms, detail);
}
