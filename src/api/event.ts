import { isEventType } from '../domain/event.ts';
import type { Caller } from '../store/api-key.ts';
import { findEvent, listEvents, redeliver, type StoredEvent } from '../store/event.ts';
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { event as eventAnswer } from './event-answer.ts';
import { listQuery, text } from './field.ts';
import { keyReused, replayedIf } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';

const listedBy = listQuery({
  object_id: text(1, 64).optional(),
  type: text(1, 60).refine(isEventType, 'no such type of event; like payment.succeeded').optional(),
});

/** `/v1/events`: what happened and whom it was told (contract section 5). */
export function eventEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'get',
      path: '/v1/events',
      summary: 'List events, newest first',
      key: 'none',
      query: listedBy,
      status: 200,
      answers: listOf(eventAnswer),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listEvents(store.pool, caller, query, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/events/{id}',
      summary: 'Read an event',
      key: 'none',
      status: 200,
      answers: eventAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => ({ body: shown(await owned(dependencies, caller, id)) }),
    }),
    endpoint({
      method: 'post',
      path: '/v1/events/{id}/redeliver',
      summary: 'Send an event again, at once, to everybody who wants it now',
      key: 'accepted',
      status: 202,
      answers: eventAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id, key }) => {
        const begun = await redeliver(store, caller, await owned(dependencies, caller, id), key);
        if (begun === 'key_reused') throw keyReused();
        const headers = replayedIf(begun === 'replayed');
        return { body: shown(await owned(dependencies, caller, id)), headers };
      },
    }),
  ];
}

function shown({ id, type, created_at, sequence, data, deliveries }: StoredEvent): object {
  return { id, object: 'event', type, created_at, sequence, data, deliveries };
}

async function owned({ store }: Dependencies, caller: Caller, id: string): Promise<StoredEvent> {
  const found = await findEvent(store.pool, caller, id);
  if (!found) throw new Problem('not_found', 'no such event');
  return found;
}
