import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value > 0 && value < 65_536, 'must be between 1 and 65535');

const number = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a number, 0 or more')
  .transform(Number);

const shape = z.object({
  SANDBOX_PORT: port.default(8090),
  SANDBOX_WECHAT_PAY_PORT: port.optional(),
  DATA_DIR: z.string().default('.data'),
  SANDBOX_CALLBACK_MS: number.default(50),
  SANDBOX_CALLBACK_SCALE: number.default(0.1),
  SANDBOX_REFUND_MS: number.default(500),
  SANDBOX_REFUND_SPACING_MS: number.default(60_000),
});

export type Settings = z.infer<typeof shape> & { readonly SANDBOX_WECHAT_PAY_PORT: number };

/** What `--help` prints. */
export const usage = `usage: npm run sandbox

Plays the payment channels with their real wire protocols, keeps its own books and injects faults.

settings (environment):
  SANDBOX_PORT                8090              the control API
  SANDBOX_WECHAT_PAY_PORT     SANDBOX_PORT + 1  WeChat Pay
  DATA_DIR                    .data             the books are in DATA_DIR/sandbox
  SANDBOX_CALLBACK_MS         50                from the payer's act to the first callback
  SANDBOX_CALLBACK_SCALE      0.1               of the channel's own redelivery ladder
  SANDBOX_REFUND_MS           500               until a refund is settled
  SANDBOX_REFUND_SPACING_MS   60000             between two refunds of one order
`;

/**
 * Reads the settings. Throws an Error with a line for every wrong one.
 *
 * @param env the environment; an empty value is none
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = shape.safeParse(given);
  if (!parsed.success) {
    const line = ({ path, message }: z.core.$ZodIssue) =>
      `${String(path[0])} ${message}, not '${given[String(path[0])] ?? ''}'`;
    throw new Error(parsed.error.issues.map(line).join('\n'));
  }
  const { SANDBOX_PORT, SANDBOX_WECHAT_PAY_PORT = SANDBOX_PORT + 1 } = parsed.data;
  if (SANDBOX_WECHAT_PAY_PORT > 65_535)
    throw new Error('SANDBOX_WECHAT_PAY_PORT must be set: SANDBOX_PORT + 1 is no port');
  return { ...parsed.data, SANDBOX_WECHAT_PAY_PORT };
}
