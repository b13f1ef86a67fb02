import './field.ts';

import { z } from 'zod';

/** What a customer confirms a payment out of his wallet by. */
export const pin = z
  .string()
  .regex(/^\d{4,8}$/, '4 to 8 digits')
  .openapi({ description: 'The customer’s wallet PIN; needed once he has one' });

/** A payment out of the wallet of the payment's customer. */
export const balance = z.strictObject({ type: z.literal('balance'), pin: pin.optional() });
