import { z } from 'zod';

import { ipAddress, text } from './field.ts';

/** What the customer agreed to, in the words that he was shown; when, we write down ourselves. */
export const consent = z
  .strictObject({ text: text(1, 2_000), ip: ipAddress.optional() })
  .openapi('Consent', { description: 'To later payments with this method' });

const pixels = z.int().min(1).max(999_999);

/** As EMV's 3-D Secure has it; the lengths are Adyen's and Stripe's too. */
const browser = z
  .strictObject({
    user_agent: text(1, 2_048),
    accept_header: text(1, 2_048),
    language: z.string().regex(/^[A-Za-z]{1,8}(-[0-9A-Za-z]{1,8}){0,4}$/, 'a language like en-GB'),
    color_depth: z.int().min(1).max(48),
    screen_height: pixels,
    screen_width: pixels,
    time_zone_offset: z.int().min(-840).max(840),
    java_enabled: z.boolean(),
  })
  .openapi('Browser', {
    description:
      'Of the payer, for his bank’s 3-D Secure; kept sealed as the token is, and shown to nobody',
  });

type Given = Partial<Record<'token' | 'save' | 'payment_method' | 'off_session', unknown>>;

/** What goes with what: the member that is wrong, why, and when it is right. */
const rules: readonly (readonly [name: string, error: string, isRight: (given: Given) => boolean])[] = [
  ['token', 'a token, or payment_method', (given) => 'token' in given || 'payment_method' in given],
  ['token', 'not beside payment_method', (given) => !('token' in given && 'payment_method' in given)],
  ['save', 'payment_method is saved already', (given) => !('save' in given && 'payment_method' in given)],
  ['off_session', 'goes with payment_method', (given) => !('off_session' in given) || 'payment_method' in given],
]; // prettier-ignore

/** By a token, which may be kept for later payments; or by a method that was kept. */
export const card = rules.reduce(
  (shape, [name, error, isRight]) =>
    shape.refine(isRight, { error, path: [name], when: ({ value }) => value instanceof Object }), // also beside other errors: all are named
  z.strictObject({
    type: z.literal('card'),
    token: text(1, 255).optional(),
    save: z.strictObject({ consent }).optional(),
    payment_method: text(1, 64).optional(),
    off_session: z.boolean().optional(),
    browser: browser.optional(),
    payer_ip: ipAddress.openapi({ description: 'Address of the payer’s browser' }).optional(),
  }),
);
