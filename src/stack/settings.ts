import { resolve } from 'node:path';

import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value > 0 && value < 65_536, 'must be between 1 and 65535');

const settings = z.object({
  PORT: port.default(8080),
  SANDBOX_PORT: port.default(8090),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  POSTGRES_PORT: port.optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  TEMPORAL_ADDRESS: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  PUBLIC_URL: z.string().optional(),
  WORKER_COUNT: z.string().regex(/^[1-9]\d?$/, 'must be 1 to 99').transform(Number).default(1),
  API_COUNT: z.literal('1', 'must be 1: a second API process needs its own PORT and a proxy').transform(Number).default(1),
}); // prettier-ignore

/** The settings of a stack on one machine; its children get the whole environment and what is derived here. */
export interface StackSettings {
  readonly port: number;
  readonly sandboxPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly postgresPort: number | undefined;
  readonly dataDir: string;
  readonly temporalAddress: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly workers: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads the settings. Throws an Error with a line for every wrong one. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): StackSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const line = ({ path, message }: z.core.$ZodIssue) =>
      `${String(path[0])} ${message}, not '${env[String(path[0])] ?? ''}'`;
    throw new Error(parsed.error.issues.map(line).join('\n'));
  }
  const value = parsed.data;
  return {
    port: value.PORT,
    sandboxPort: value.SANDBOX_PORT,
    temporalPort: value.TEMPORAL_PORT,
    temporalUiPort: value.TEMPORAL_UI_PORT,
    postgresPort: value.POSTGRES_PORT,
    dataDir: resolve(value.DATA_DIR),
    temporalAddress: value.TEMPORAL_ADDRESS,
    databaseUrl: value.DATABASE_URL,
    workers: value.WORKER_COUNT,
    env,
  };
}
