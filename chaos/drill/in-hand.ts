import { request } from 'node:http';
import { json } from 'node:stream/consumers';

import { keyCanary } from '../merchant.ts';
import type { Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

/** Callers who wait for the API when it is asked to end, each on a connection of his own, without the proxy. */
export interface InHand {
  /** Complains of each who was not answered whole. */
  readonly answered: () => Promise<void>;
}

/** Sends one read for each of these payments, and as many creates whose channel is silent for longer than a moment. */
export function inHand(stage: Stage, ids: readonly string[]): InHand {
  const reads = ids.map((id) => whole(stage, 'GET', `/v1/payments/${id}?wait=30`));
  const creates = ids.map(() => created(stage));
  return {
    answered: async () => {
      const ends = await Promise.allSettled([...reads, ...creates]);
      for (const end of ends)
        if (end.status === 'rejected')
          stage.complaints.add('drill', 'a request in hand', String(end.reason));
    },
  };
}

async function created(stage: Stage): Promise<void> {
  const scene = stage.traffic.scene('inHand');
  Object.assign(scene.order, { ends: ['succeeded'], isSlow: true });
  const key = `${keyCanary}-${scene.order.order_no}`;
  try {
    scene.order.payment = await whole(stage, 'POST', '/v1/payments', orderOf(scene), key);
  } catch (error) {
    // The promise is kept all the same to whoever repeats it.
    const { body } = await stage.merchant.command('/v1/payments', orderOf(scene), key, scene.chance); // prettier-ignore
    scene.order.payment = body.id;
    throw error;
  }
}

function orderOf({ order: { order_no, amount, currency } }: Scene): object {
  return { order_no, amount, currency, wait: 30, method: { type: 'card', token: 'tok_unknown' } };
}

/** The id of the object that is answered. Rejects when the answer is another, is not whole, or does not come. */
function whole(
  { stack }: Stage,
  method: string,
  path: string,
  body?: object,
  key = '',
): Promise<string> {
  const headers = {
    Authorization: `Bearer ${stack.apiKey}`,
    ...(body ? { 'Content-Type': 'application/json', 'Idempotency-Key': key } : {}),
  };
  const { port } = stack.settings;
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    asked.on('error', ({ message }) => reject(new Error(`${method} ${path}: ${message}`)));
    asked.on('response', (response) => {
      const { statusCode = 0 } = response;
      json(response).then((object) => {
        if (statusCode < 300) resolve((object as { id: string }).id);
        else reject(new Error(`${method} ${path}: ${statusCode} ${JSON.stringify(object)}`));
      }, reject);
    });
    asked.end(body && JSON.stringify(body));
  });
}
