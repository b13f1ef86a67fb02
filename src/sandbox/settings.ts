import { isIP } from 'node:net';

import { z } from 'zod';

import { adyenKeys } from './adyen/keys.ts';
import { type ChannelName, channelNames } from './channel.ts';
import { channelPorts, port, portSetting, portSettings } from './channel-port.ts';
import { paypalKeys } from './paypal/keys.ts';
import { stripeKeys } from './stripe/keys.ts';

const number = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a number, 0 or more')
  .transform(Number);

const shape = z.object({
  LISTEN_ADDRESS: z
    .string()
    .refine((address) => isIP(address) > 0, 'must be an IP address, like 0.0.0.0')
    .default('127.0.0.1'),
  SANDBOX_PORT: port.default(8090),
  SANDBOX_STRIPE_WEBHOOK_URL: z.url('must be a URL').optional(),
  SANDBOX_PAYPAL_WEBHOOK_URL: z.url('must be a URL').optional(),
  SANDBOX_ADYEN_WEBHOOK_URL: z.url('must be a URL').optional(),
  PORT: port.default(8080),
  DATA_DIR: z.string().default('.data'),
  SANDBOX_CALLBACK_MS: number.default(50),
  SANDBOX_CALLBACK_SCALE: number.default(0.1),
  SANDBOX_REFUND_MS: number.default(500),
  SANDBOX_REFUND_SPACING_MS: number.default(60_000),
  SANDBOX_PROCESSING_MS: number.default(3_000),
  SANDBOX_HOLD_S: number.default(7 * 86_400),
  SANDBOX_KEY_S: number.default(86_400),
  SANDBOX_PAYPAL_KEY_S: number.default(6 * 3_600),
  SANDBOX_PAYPAL_ORDER_S: number.default(3 * 3_600),
  SANDBOX_PAYPAL_TOKEN_S: number.default(9 * 3_600),
  SANDBOX_PAYPAL_REPORT_S: number.default(3 * 3_600),
  SANDBOX_ADYEN_CAPTURE: z
    .enum(['immediate', 'manual'], { error: 'must be immediate or manual' })
    .default('immediate'),
  SANDBOX_ADYEN_PARTIAL_CAPTURES: z
    .enum(['single', 'multiple'], { error: 'must be single or multiple' })
    .default('single'),
  SANDBOX_ADYEN_MODIFICATION_MS: number.default(200),
  SANDBOX_ADYEN_OFFER_S: number.default(12 * 3_600),
  SANDBOX_ADYEN_KEY_S: number.default(7 * 86_400),
  SANDBOX_ADYEN_BATCH_S: number
    .refine((seconds) => seconds > 0, 'must be more than 0')
    .default(86_400),
});

export interface Settings extends z.infer<typeof shape> {
  /** Where each channel listens. */
  readonly ports: Readonly<Record<ChannelName, number>>;
  readonly SANDBOX_STRIPE_WEBHOOK_URL: string;
  readonly SANDBOX_PAYPAL_WEBHOOK_URL: string;
  readonly SANDBOX_ADYEN_WEBHOOK_URL: string;
}

/** What `--help` prints. */
export const usage = `usage: npm run sandbox

Plays the payment channels with their real wire protocols, keeps its own books and injects faults.

settings (environment):
  LISTEN_ADDRESS              127.0.0.1         the IP address that all of it listens on
  SANDBOX_PORT                8090              the control API
${channelNames.map((name, index) => `  ${portSetting(name).padEnd(26)}  SANDBOX_PORT + ${index + 1}  ${name}`).join('\n')}
  SANDBOX_STRIPE_WEBHOOK_URL  http://127.0.0.1:PORT/v1/callbacks/stripe/<channel account>
                                                where Stripe's events go; PORT is 8080
  SANDBOX_PAYPAL_WEBHOOK_URL  http://127.0.0.1:PORT/v1/callbacks/paypal/<channel account>
                                                where PayPal's webhooks go
  SANDBOX_ADYEN_WEBHOOK_URL   http://127.0.0.1:PORT/v1/callbacks/adyen/<channel account>
                                                where Adyen's notifications go
  DATA_DIR                    .data             the books are in DATA_DIR/sandbox
  SANDBOX_CALLBACK_MS         50                from the payer's act to the first callback
  SANDBOX_CALLBACK_SCALE      0.1               of the channel's own redelivery ladder
  SANDBOX_REFUND_MS           500               until a refund is settled
  SANDBOX_REFUND_SPACING_MS   60000             between two refunds of one order (WeChat Pay)
  SANDBOX_PROCESSING_MS       3000              until tok_processing has paid, and PayPal's pending capture
  SANDBOX_HOLD_S              604800            until a hold ends by itself
  SANDBOX_KEY_S               86400             for how long an idempotency key is remembered (Stripe)
  SANDBOX_PAYPAL_KEY_S        21600             for how long an order's PayPal-Request-Id is
  SANDBOX_PAYPAL_ORDER_S      10800             until PayPal forgets an order; twice that once it is approved
  SANDBOX_PAYPAL_TOKEN_S      32400             until an access token of PayPal ends
  SANDBOX_PAYPAL_REPORT_S     10800             how late PayPal's list of transactions is
  SANDBOX_ADYEN_CAPTURE       immediate         when Adyen captures what does not say so itself: immediate or manual
  SANDBOX_ADYEN_PARTIAL_CAPTURES single         single: what a capture leaves over goes back; or multiple
  SANDBOX_ADYEN_MODIFICATION_MS 200             until a capture or a cancel of Adyen is done
  SANDBOX_ADYEN_OFFER_S       43200             until Adyen closes a payment whose payer has not come back
  SANDBOX_ADYEN_KEY_S         604800            for how long Adyen remembers an idempotency key
  SANDBOX_ADYEN_BATCH_S       86400             how long a settlement batch of Adyen lasts; its report follows
`;

/**
 * Reads the settings. Throws an Error with a line for every wrong one.
 *
 * @param env the environment; an empty value is none
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = shape.and(portSettings).safeParse(given);
  if (!parsed.success) {
    const line = ({ path, message }: z.core.$ZodIssue) =>
      `${String(path[0])} ${message}, not '${given[String(path[0])] ?? ''}'`;
    throw new Error(parsed.error.issues.map(line).join('\n'));
  }
  const { SANDBOX_PORT, PORT } = parsed.data;
  const callbacks = `http://127.0.0.1:${PORT}/v1/callbacks`;
  return {
    ...parsed.data,
    ports: channelPorts(SANDBOX_PORT, parsed.data),
    SANDBOX_STRIPE_WEBHOOK_URL:
      parsed.data.SANDBOX_STRIPE_WEBHOOK_URL ?? `${callbacks}/stripe/${stripeKeys.channel_account}`,
    SANDBOX_PAYPAL_WEBHOOK_URL:
      parsed.data.SANDBOX_PAYPAL_WEBHOOK_URL ?? `${callbacks}/paypal/${paypalKeys.channel_account}`,
    SANDBOX_ADYEN_WEBHOOK_URL:
      parsed.data.SANDBOX_ADYEN_WEBHOOK_URL ?? `${callbacks}/adyen/${adyenKeys.channel_account}`,
  };
}
