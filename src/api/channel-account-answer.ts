import { z } from 'zod';

import { id } from './answer-schema.ts';
import { fees } from './fee-schema.ts';
import { time } from './field.ts';

/** Contract section 4. */
export const channelAccount = z
  .strictObject({
    id: id('cha'),
    object: z.literal('channel_account'),
    channel: z.string(),
    methods: z.array(z.string()),
    currencies: z.array(z.string()),
    fees: fees.nullable(),
    livemode: z.boolean(),
    callback_url: z.string().openapi({ description: 'To be registered at the channel' }),
    owner: z.enum(['merchant', 'platform']).openapi({ description: '`platform`: shared by all merchants, changed by operators only' }),
    version: z.int().min(1).openapi({ description: 'Counts the changes; an attempt keeps the version that it was made with' }),
    created_at: time,
  })
  .openapi('ChannelAccount'); // prettier-ignore
