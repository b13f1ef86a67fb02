import { z } from 'zod';

import { channelSlugs } from '../domain/channel.ts';
import { text } from './field.ts';

const settings = (what: string) =>
  z.record(text(1, 100), z.unknown()).openapi({
    description: `What the channel needs; it is never shown again. ${what}`,
    example: { api_key: 'sk_test_…', webhook_secrets: ['whsec_…'] },
  });

const some = (of: string) =>
  z.array(text(1, 40)).min(1).max(200).nullable().optional()
    .openapi({ description: `Only these ${of} of the channel; null, or left out at first: all` }); // prettier-ignore

const narrowing = { methods: some('methods'), currencies: some('currencies') };

/** `POST /v1/channel_accounts`. @param isHere is this channel one of the build? */
export const createAccountBody = (isHere: (slug: string) => boolean) =>
  z
    .strictObject({
      channel: z.enum(channelSlugs.filter(isHere)),
      settings: settings('`base_url` may be left out: the channel’s own'),
      ...narrowing,
    })
    .openapi('CreateChannelAccount');
export type CreateAccount = z.infer<ReturnType<typeof createAccountBody>>;

/** `POST /v1/channel_accounts/{id}`. */
export const changeAccountBody = z
  .strictObject({
    settings: settings('Members that are left out stay as they are, null removes one').optional(),
    ...narrowing,
  })
  .openapi('ChangeChannelAccount');
export type ChangeAccount = z.infer<typeof changeAccountBody>;
