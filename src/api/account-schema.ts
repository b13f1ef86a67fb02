import { z } from 'zod';

import { channelSlugs } from '../domain/channel.ts';
import { fees } from './fee-schema.ts';
import { names, text } from './field.ts';

/** Whatever a channel's `account.ts` may ask for is one of these; which, it says itself. */
const member = z.union(
  [
    text(1, 10_000),
    z.array(text(1, 10_000)).max(100),
    z.record(text(1, 100), text(1, 10_000)).openapi(names(100)),
    z.int().min(0).max(1_000_000),
  ],
  { error: 'a text, a list of texts, texts by name, or a whole number from 0 to 1000000' },
);

const settings = <Member extends z.ZodType>(of: Member, what: string) =>
  z.record(text(1, 100), of).openapi({
    ...names(100),
    description: `What the channel needs; it is never shown again. ${what}`,
    example: { api_key: 'sk_test_…', webhook_secrets: ['whsec_…'] },
  });

const some = (of: string) =>
  z.array(text(1, 40)).min(1).max(200).nullable().optional()
    .openapi({ description: `Only these ${of} of the channel; null, or left out at first: all` }); // prettier-ignore

const content = {
  methods: some('methods'),
  currencies: some('currencies'),
  fees: fees.nullable().optional(),
};

/** `POST /v1/channel_accounts`. @param isHere is this channel one of the build? */
export const createAccountBody = (isHere: (slug: string) => boolean) =>
  z
    .strictObject({
      channel: z.enum(channelSlugs.filter(isHere)),
      settings: settings(member, '`base_url` may be left out: the channel’s own'),
      ...content,
    })
    .openapi('CreateChannelAccount');
export type CreateAccount = z.infer<ReturnType<typeof createAccountBody>>;

/** `POST /v1/channel_accounts/{id}`. */
export const changeAccountBody = z
  .strictObject({
    settings: settings(
      member.nullable(),
      'Members that are left out stay as they are, null removes one; those that say whose account it is at the channel cannot be changed',
    ).optional(),
    ...content,
  })
  .openapi('ChangeChannelAccount');
export type ChangeAccount = z.infer<typeof changeAccountBody>;

/** `POST /v1/channel_accounts/{id}/retire`. */
export const retireAccountBody = z
  .strictObject({
    version: z.int().min(1).max(1_000_000_000).optional()
      .openapi({ description: 'The last version that is retired; left out: all but the newest' }),
  })
  .openapi('RetireChannelAccount'); // prettier-ignore
export type RetireAccount = z.infer<typeof retireAccountBody>;
