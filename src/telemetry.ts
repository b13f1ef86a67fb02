import { pino } from 'pino';

import type { Failure } from './domain/failure.ts';

/** What must never be in a log, whatever object it hangs on. */
const secret = [
  'authorization',
  'private_key',
  'merchant_private_key',
  'api_v3_key',
  'api_key',
  'settings',
  'webhook_secrets',
  'idempotency_key',
  'token',
  'openid',
  'payer_ip',
  'auth_code',
  'pin',
  'current_pin',
  'secret',
  'webhook_secret',
];

/** What ends a line for some reader or steers a terminal, and JSON may hold as it is: C1, U+2028, directions. */
const steering = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escaped(line: string): string {
  return line.replace(steering, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A full disk (F35) does not end the process: what could not be written is kept, and tried again with the next line. */
function destination(): ReturnType<typeof pino.destination> {
  const made = pino.destination({ dest: 2, sync: true });
  made.on('error', () => undefined);
  return made;
}

/** The one logger: JSON lines on stderr (stdout carries data), with ids as `request_id`, `payment_id`, `operation_id`. */
export const logger = pino(
  {
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: null,
    mixin: () => ({ process: process.title }), // set by each main, after this module was loaded
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    hooks: { streamWrite: escaped },
  },
  destination(),
);

/** Counts what `warnOfUnmapped` tells, by the channel's slug. */
export type CountUnmapped = (channel: string) => void;

/**
 * A channel has refused something by a code that no map of ours has (its `failure.ts` or the like): somebody has to read up what
 * it means. Until then it is taken as a refusal by the channel, after which nothing goes on elsewhere by itself.
 *
 * @param said what the channel answered or told, with a failure or without
 */
export function warnOfUnmapped(
  place: { readonly channel: string; readonly payment_id?: string; readonly operation_id?: string },
  said: { readonly failure?: Failure } | object,
  count: CountUnmapped,
): void {
  const failure = 'failure' in said ? said.failure : undefined;
  if (!failure?.is_unmapped || failure.channel_code === null) return;
  count(place.channel);
  logger.warn(
    { ...place, channel_code: failure.channel_code },
    'a code of a channel is not mapped',
  );
}
