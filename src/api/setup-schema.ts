import { z } from 'zod';

import { consent } from './card-schema.ts';
import { httpUrl, text, wait } from './field.ts';
import { life } from './payment-schema.ts';

/** `POST /v1/customers/{id}/payment_methods` (decision 0043). @param minExpiresIn the shortest time of a payer, in seconds */
export const setUpMethod = (minExpiresIn: number) =>
  z
    .strictObject({
      type: z.literal('card'),
      token: text(1, 255),
      consent,
      return_url: httpUrl.optional(),
      expires_in: life(minExpiresIn),
      wait,
    })
    .openapi('SetUpPaymentMethod');
export type SetUpMethod = z.infer<ReturnType<typeof setUpMethod>>;
