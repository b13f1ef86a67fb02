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
];

/** The one logger: JSON lines on stderr (stdout carries data), with ids as `request_id`, `payment_id`, `operation_id`. */
export const logger = pino(
  {
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: { process: process.title },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  },
  pino.destination({ dest: 2, sync: true }),
);
