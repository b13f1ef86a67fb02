import { z } from 'zod';

import { isEventPattern } from '../domain/event.ts';
import { deleteEndpoint, findEndpoint, insertEndpoint, listEndpoints, type WebhookEndpoint } from '../store/webhook-endpoint.ts'; // prettier-ignore
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { httpUrl, listQuery, text } from './field.ts';
import { keyReused, replayedIf } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';
import { targetErrors } from './target.ts';
import { deletedWebhookEndpoint, newWebhookEndpoint, webhookEndpoint } from './webhook-endpoint-answer.ts'; // prettier-ignore

const pattern = text(1, 60).refine(isEventPattern, 'no such type of event; like payment.succeeded, payment.* or *'); // prettier-ignore

const createEndpoint = z
  .strictObject({
    url: httpUrl.openapi({ description: 'Public https; private targets only with EGRESS_ALLOW' }),
    events: z.array(pattern).min(1).max(50).default(['*']),
    description: text(0, 500).optional(),
  })
  .openapi('CreateWebhookEndpoint');

/** `/v1/webhook_endpoints`: where an app wants its events (contract section 5). */
export function webhookEndpointEndpoints({ store, config }: Dependencies): Endpoint[] {
  const path = '/v1/webhook_endpoints';
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Have events sent to a URL; the secret is shown only here',
      key: 'accepted',
      body: createEndpoint,
      examine: (caller, { url }) =>
        Promise.resolve({
          errors: targetErrors('/url', url, caller, config.egressAllow),
          found: null,
        }),
      status: 201,
      answers: newWebhookEndpoint,
      refusals: ['webhook_url_not_allowed'],
      handle: async ({ caller, body, key }) => {
        const { url, events, description = null } = body;
        const made = await insertEndpoint(store, caller, { url, events, description }, key);
        if (made.kind === 'key_reused') throw keyReused();
        const { id, secret } = made.endpoint;
        const headers = { Location: `${path}/${id}`, ...replayedIf(made.kind === 'replayed') };
        return { body: { ...shown(made.endpoint), secret }, headers };
      },
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'List webhook endpoints, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(webhookEndpoint),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listEndpoints(store.pool, caller, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a webhook endpoint',
      key: 'none',
      status: 200,
      answers: webhookEndpoint,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findEndpoint(store.pool, caller, id);
        if (!found) throw new Problem('not_found', 'no such webhook endpoint');
        return { body: shown(found) };
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'Remove a webhook endpoint; what waits for it is canceled',
      key: 'none',
      status: 200,
      answers: deletedWebhookEndpoint,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        if (!(await deleteEndpoint(store.pool, caller, id)))
          throw new Problem('not_found', 'no such webhook endpoint');
        return { body: { id, object: 'webhook_endpoint', deleted: true } };
      },
    }),
  ];
}

function shown({ id, url, events, description, status, created_at }: WebhookEndpoint): object {
  return { id, object: 'webhook_endpoint', url, events, description, status, created_at };
}
