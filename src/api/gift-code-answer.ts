import { z } from 'zod';

import { giftCodeStatuses } from '../domain/gift-code.ts';
import { id, minor, text } from './answer-schema.ts';
import { currency, time } from './field.ts';

const shape = {
  id: id('gft'),
  object: z.literal('gift_code'),
  last4: z.string().length(4),
  amount: minor,
  currency,
  status: z.enum(giftCodeStatuses),
  description: text,
  expires_at: time.nullable(),
  redeemed_by: id('wal').nullable().openapi({ description: 'The wallet that has its money' }),
  livemode: z.boolean(),
  created_at: time,
};

/** Money that whoever has the code may put into his wallet, once (decision 0038). */
export const giftCode = z.strictObject(shape).openapi('GiftCode');

/** The only answer with the code; the repeat of its request is without. */
export const newGiftCode = z
  .strictObject({ ...shape, code: z.string().regex(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/).optional() })
  .openapi('NewGiftCode'); // prettier-ignore
