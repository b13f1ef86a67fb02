import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import { channelSlugs } from '../domain/channel.ts';

const text = (description: string, type = 'text/plain') => ({
  description,
  content: { [type]: { schema: z.string() } },
});
const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});
const empty = (description: string) => ({ description });

/** `POST /v1/callbacks/…`: channels speak here, each in its own form (contract section 4). */
const callback: RouteConfig = {
  method: 'post',
  path: '/v1/callbacks/{channel}/{channel_account}',
  summary: 'What a channel says unasked: verified by its own scheme, stored, acknowledged in its form',
  request: {
    params: z.object({
      channel: z.enum(channelSlugs),
      channel_account: z.string().openapi({ description: 'The `cha_…` of `GET /v1/channel_accounts`' }),
    }),
    body: { required: true, description: 'At most 256 KiB, signed by the channel', content: { '*/*': { schema: z.string() } } },
  },
  responses: {
    200: empty('Acknowledged (`stripe`, `adyen`, `unionpay`)'),
    204: empty('Acknowledged (`wechat-pay`)'),
    400: empty('It disagrees, is about nothing of ours, or means nothing: stored and refused; forged or stale (`stripe`)'),
    401: empty('Forged or stale (`wechat-pay`, `adyen`, `unionpay`)'),
    404: empty('No such channel or account'),
    413: empty('body_too_large'),
    500: empty('It could not be stored: send it again'),
  },
}; // prettier-ignore

/** `GET /v1/callbacks/…`: the payer's browser on its way from a channel's page to the shop. */
const payerReturn: RouteConfig = {
  method: 'get',
  path: '/v1/callbacks/{channel}/{channel_account}',
  summary: 'Where a payer comes back whom his channel sent elsewhere (`adyen`): he goes on to the `return_url`',
  request: {
    params: z.object({ channel: z.enum(channelSlugs), channel_account: z.string() }),
    query: z.looseObject({ reference: z.string().openapi({ description: 'The `att_…` of his attempt' }) }),
  },
  responses: {
    303: empty('On to the shop'),
    404: empty('Nobody of this account was sent away under this number'),
  },
}; // prettier-ignore

const health: RouteConfig[] = [
  {
    method: 'get',
    path: '/livez',
    summary: 'Is the process up?',
    responses: { 200: json('It is', z.strictObject({ live: z.literal(true) })) },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Is everything there that payments need? A channel that is away does not count',
    responses: {
      200: json('It is', z.strictObject({ ready: z.literal(true) })),
      503: json(
        'Something is missing',
        z.strictObject({ missing: z.array(z.enum(['temporal', 'postgres', 'worker'])).min(1) }),
      ),
    },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'The figures of this process, as Prometheus reads them',
    responses: { 200: text('Metrics') },
  },
];

const documents: RouteConfig[] = [
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    responses: { 200: json('OpenAPI 3.1', z.looseObject({ openapi: z.string() })) },
  },
  {
    method: 'get',
    path: '/docs',
    summary: 'This document as a page to try it on',
    responses: { 200: text('The page', 'text/html') },
  },
  {
    method: 'get',
    path: '/docs/errors/{code}',
    summary: 'What an error code means and what to do about it: the `type` of a problem',
    request: { params: z.object({ code: z.string() }) },
    responses: { 200: text('The page', 'text/html'), 404: empty('not_found') },
  },
];

/** The paths that take no API key, for the OpenAPI document. */
export const keylessPaths: readonly RouteConfig[] = [
  callback,
  payerReturn,
  ...health,
  ...documents,
];
