import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { z } from 'zod';

import { type Config, readConfig } from '../config.ts';
import type { ChannelName } from '../sandbox/channel.ts';
import { channelPorts, port, portSettings } from '../sandbox/channel-port.ts';
import type { SecretKey } from '../store/keyring.ts';

const loopbackToo = ['127.0.0.1', '0.0.0.0', '::'];

const settings = z.object({
  PORT: port.default(8080),
  // The launcher and what it starts find each other on loopback.
  LISTEN_ADDRESS: z
    .string()
    .refine((address) => !isIP(address) || loopbackToo.includes(address), `must be one of ${loopbackToo.join(', ')} here`)
    .optional(),
  SANDBOX_PORT: port.default(8090),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  POSTGRES_PORT: port.optional(),
  DATA_DIR: z.string().default('.data'),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_UI_URL: z.string().default(''),
  DATABASE_URL: z.string().optional(),
  WORKER_COUNT: z.string().regex(/^[1-9]\d?$/, 'must be 1 to 99').transform(Number).default(1),
}); // prettier-ignore

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of a stack on one machine; its children get the whole environment and what is derived here. */
export interface StackSettings {
  readonly port: number;
  readonly sandboxPort: number;
  /** Where the sandbox plays each channel. */
  readonly channelPorts: Readonly<Record<ChannelName, number>>;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly postgresPort: number | undefined;
  readonly dataDir: string;
  readonly temporalAddress: string | undefined;
  readonly temporalUiUrl: string;
  readonly databaseUrl: string | undefined;
  readonly publicUrl: string;
  /** One for each worker; none when nobody asked for metrics. */
  readonly metricsPorts: readonly number[];
  readonly workers: number;
  /** No demo merchant and no accounts at the sandbox: its published keys would take real orders. */
  readonly production: boolean;
  /** Those that were given; without, not in production, the ones of `DATA_DIR/secret_key`. */
  readonly secretKeys: readonly SecretKey[];
  readonly env: Environment;
}

/** Reads the settings of the stack and looks at those of its children. Throws an Error with a line for every wrong one. */
export function readSettings(env: Environment): StackSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.and(portSettings).safeParse(given);
  const lines = parsed.success
    ? []
    : parsed.error.issues.map(
        ({ path, message }) => `${String(path[0])} ${message}, not '${env[String(path[0])] ?? ''}'`,
      );
  const children = ofChildren(given);
  if ('lines' in children) lines.push(...children.lines);
  if (!parsed.success || 'lines' in children || lines.length > 0) throw new Error(lines.join('\n'));
  const value = parsed.data;
  return {
    port: value.PORT,
    sandboxPort: value.SANDBOX_PORT,
    channelPorts: channelPorts(value.SANDBOX_PORT, value),
    temporalPort: value.TEMPORAL_PORT,
    temporalUiPort: value.TEMPORAL_UI_PORT,
    postgresPort: value.POSTGRES_PORT,
    dataDir: resolve(value.DATA_DIR),
    temporalAddress: value.TEMPORAL_ADDRESS,
    temporalUiUrl: value.TEMPORAL_UI_URL,
    databaseUrl: value.DATABASE_URL,
    publicUrl: children.publicUrl,
    metricsPorts: metricsPorts(children, value.WORKER_COUNT),
    workers: value.WORKER_COUNT,
    production: children.production,
    secretKeys: children.secretKeys,
    env,
  };
}

/** API and worker would refuse these a few seconds later; PORT has been looked at. */
function ofChildren(given: Environment): Config | { readonly lines: readonly string[] } {
  const own = { ...given, DATABASE_URL: given['DATABASE_URL'] ?? 'postgres://embedded' };
  const port = settings.shape.PORT.safeParse(given['PORT']).success ? given['PORT'] : undefined;
  try {
    return readConfig({ ...own, PORT: port });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { lines: error.message.split('\n') };
  }
}

/** METRICS_PORT and the next ones. Throws an Error when there are not enough. */
function metricsPorts({ metricsPort }: Config, workers: number): number[] {
  if (metricsPort === undefined) return [];
  const ports = Array.from({ length: workers }, (_, index) => metricsPort + index);
  if (ports.every((one) => one < 65_536)) return ports;
  throw new Error(
    `METRICS_PORT leaves no port for each of ${workers} workers, not '${metricsPort}'`,
  );
}
