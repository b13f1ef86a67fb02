import { z } from 'zod';

import { id, text } from './answer-schema.ts';
import { time } from './field.ts';

const webhookShape = {
  id: id('whe'),
  object: z.literal('webhook_endpoint'),
  url: z.string(),
  events: z.array(z.string()),
  description: text,
  status: z.enum(['enabled', 'disabled']),
  created_at: time,
};

/** Contract section 5. */
export const webhookEndpoint = z.strictObject(webhookShape).openapi('WebhookEndpoint');

/** The only answer with the secret. */
export const newWebhookEndpoint = z
  .strictObject({ ...webhookShape, secret: z.string().startsWith('whsec_') })
  .openapi('NewWebhookEndpoint');

export const deletedWebhookEndpoint = z
  .strictObject({ id: id('whe'), object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .openapi('DeletedWebhookEndpoint');
