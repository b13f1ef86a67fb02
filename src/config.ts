import { isIP } from 'node:net';

import { z } from 'zod';

import type { CircuitTerms } from './domain/circuit.ts';
import type { Timing } from './domain/operation.ts';
import { parseSecretKeys, secretKeysForm } from './secret-key.ts';
import type { SecretKey } from './store/keyring.ts';

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}`);

const seconds = z
  .string()
  .regex(/^\d+(\.\d+)?(,\d+(\.\d+)?)*$/, 'must be seconds separated by commas, like 5,10,30')
  .transform((text) => text.split(',').map(Number));

const targets = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim().toLowerCase())
      .filter(Boolean),
  )
  .refine(
    (list) => list.every((one) => /^([^:/\s]+|\[[0-9a-f:.]+\]):(\d{1,5}|\*)$/.test(one)),
    'must be host:port or host:* separated by commas',
  );

const secretKeys = z.string().transform((text, context) => {
  const keys = parseSecretKeys(text);
  if (keys) return keys;
  context.addIssue({ code: 'custom', message: secretKeysForm });
  return z.NEVER;
});

/** Every setting with its default (contract section 8). */
const settings = z.object({
  PORT: wholeNumber(1, 65_535).default(8080),
  LISTEN_ADDRESS: z
    .string()
    .refine((address) => isIP(address) > 0, 'must be an IP address, like 0.0.0.0')
    .default('127.0.0.1'),
  PUBLIC_URL: z.url().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
    .optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^:/\s]+:\d+$/, 'must be host:port')
    .default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  METRICS_PORT: wholeNumber(1, 65_535).optional(),
  MIN_EXPIRES_IN: wholeNumber(1, 604_800).default(60),
  // Quick while the payer is at the code, then slower; the last repeats (hours matter only to unknown outcomes).
  POLL_SCHEDULE: seconds.default([5, 5, 10, 15, 30, 30, 60, 60, 60, 120, 300, 600, 1800, 3600]),
  CIRCUIT_RETRY_S: wholeNumber(0, 3_600).default(5),
  CIRCUIT_RETRY_MAX_S: wholeNumber(0, 86_400).default(300),
  CIRCUIT_CALLS_MIN: wholeNumber(1, 1_000_000).default(20),
  CIRCUIT_FAILED_PERCENT: wholeNumber(1, 100).default(50),
  CIRCUIT_REFUSED_MAX: wholeNumber(1, 1_000_000).default(5),
  CIRCUIT_PROBES: wholeNumber(1, 1_000).default(3),
  CHANNEL_TIMEOUT_MS: wholeNumber(100, 60_000).default(10_000),
  HOLD_MARGIN_S: wholeNumber(0, 604_800).default(3_600),
  RATE_LIMIT_PER_SECOND: wholeNumber(1, 1_000_000).default(200),
  // Between the tries of a webhook; the first comes at once (contract section 5).
  WEBHOOK_SCHEDULE: seconds.default([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]),
  EGRESS_ALLOW: targets.default([]),
  DATA_DIR: z.string().min(1).default('.data'),
  SECRET_KEYS: secretKeys.default([]),
  NODE_ENV: z.string().optional(),
});

export interface Config {
  readonly port: number;
  /** The IP address that the API listens on, and a worker for its metrics. */
  readonly listenAddress: string;
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Where a worker serves Temporal's own metrics; nowhere without. */
  readonly metricsPort: number | undefined;
  readonly minExpiresIn: number;
  /** Seconds between queries; the last repeats. */
  readonly pollSchedule: readonly number[];
  /** Seconds between the tries of a webhook; the last repeats. */
  readonly webhookSchedule: readonly number[];
  readonly rateLimitPerSecond: number;
  /** `host:port` or `host:*`: where webhooks of test keys may go although it is private. */
  readonly egressAllow: readonly string[];
  readonly dataDir: string;
  /** The master keys that were given; see `secretKeysOf`. */
  readonly secretKeys: readonly SecretKey[];
  readonly production: boolean;
  readonly timing: Timing;
  /** When new attempts at a channel account are held back, and when they may begin again. */
  readonly circuit: CircuitTerms;
}

/** Reads the settings of one process. Throws an Error that names every wrong one in a line each. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return name === 'SECRET_KEYS'
        ? `${name} ${issue.message}`
        : `${name} ${issue.message}, not '${env[name] ?? ''}'`;
    });
    throw new Error(lines.join('\n'));
  }
  const value = parsed.data;
  if (!value.DATABASE_URL)
    throw new Error('DATABASE_URL is needed: postgres://user:password@host:port/database');
  return {
    port: value.PORT,
    listenAddress: value.LISTEN_ADDRESS,
    publicUrl: (value.PUBLIC_URL ?? `http://127.0.0.1:${value.PORT}`).replace(/\/$/, ''),
    databaseUrl: value.DATABASE_URL,
    temporalAddress: value.TEMPORAL_ADDRESS,
    temporalNamespace: value.TEMPORAL_NAMESPACE,
    metricsPort: value.METRICS_PORT,
    minExpiresIn: value.MIN_EXPIRES_IN,
    pollSchedule: value.POLL_SCHEDULE,
    webhookSchedule: value.WEBHOOK_SCHEDULE,
    rateLimitPerSecond: value.RATE_LIMIT_PER_SECOND,
    egressAllow: value.EGRESS_ALLOW,
    dataDir: value.DATA_DIR,
    secretKeys: value.SECRET_KEYS,
    production: value.NODE_ENV === 'production',
    timing: {
      channel_timeout_ms: value.CHANNEL_TIMEOUT_MS,
      circuit_retry_ms: value.CIRCUIT_RETRY_S * 1_000,
      first_poll_ms: (value.POLL_SCHEDULE[0] ?? 5) * 1_000,
      hold_margin_ms: value.HOLD_MARGIN_S * 1_000,
    },
    circuit: {
      calls_min: value.CIRCUIT_CALLS_MIN,
      failed_percent: value.CIRCUIT_FAILED_PERCENT,
      refused_max: value.CIRCUIT_REFUSED_MAX,
      good_min: value.CIRCUIT_PROBES,
      retry_ms: value.CIRCUIT_RETRY_S * 1_000,
      retry_most_ms: value.CIRCUIT_RETRY_MAX_S * 1_000,
    },
  };
}
