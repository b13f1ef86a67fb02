import { pino } from 'pino';

/** What must never be in a log, whatever object it hangs on. */
const secret = [
  'authorization',
  'private_key',
  'merchant_private_key',
  'api_v3_key',
  'api_key',
  'idempotency_key',
  'token',
  'secret',
  'webhook_secret',
];

/** The one logger: JSON lines on stderr (stdout carries data), with ids as `request_id`, `payment_id`, `operation_id`. */
export const logger = pino(
  {
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: null,
    mixin: () => ({ process: process.title }), // set by each main, after this module was loaded
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  },
  pino.destination({ dest: 2, sync: true }),
);
