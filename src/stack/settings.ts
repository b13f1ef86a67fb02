import { resolve } from 'node:path';

import { z } from 'zod';

import { readConfig } from '../config.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value > 0 && value < 65_536, 'must be between 1 and 65535');

const settings = z.object({
  PORT: port.default(8080),
  SANDBOX_PORT: port.default(8090),
  SANDBOX_WECHAT_PAY_PORT: port.optional(),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  POSTGRES_PORT: port.optional(),
  DATA_DIR: z.string().default('.data'),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_UI_URL: z.string().default(''),
  DATABASE_URL: z.string().optional(),
  WORKER_COUNT: z.string().regex(/^[1-9]\d?$/, 'must be 1 to 99').transform(Number).default(1),
  NODE_ENV: z.string().optional(),
}); // prettier-ignore

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of a stack on one machine; its children get the whole environment and what is derived here. */
export interface StackSettings {
  readonly port: number;
  readonly sandboxPort: number;
  readonly wechatPayPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly postgresPort: number | undefined;
  readonly dataDir: string;
  readonly temporalAddress: string | undefined;
  readonly temporalUiUrl: string;
  readonly databaseUrl: string | undefined;
  readonly publicUrl: string;
  readonly workers: number;
  /** No demo merchant and no accounts at the sandbox: its published keys would take real orders. */
  readonly production: boolean;
  readonly env: Environment;
}

/** Reads the settings of the stack and looks at those of its children. Throws an Error with a line for every wrong one. */
export function readSettings(env: Environment): StackSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  const lines = parsed.success
    ? []
    : parsed.error.issues.map(
        ({ path, message }) => `${String(path[0])} ${message}, not '${env[String(path[0])] ?? ''}'`,
      );
  const [childrenLines, publicUrl] = ofChildren(given);
  lines.push(...childrenLines);
  if (!parsed.success || lines.length > 0) throw new Error(lines.join('\n'));
  const value = parsed.data;
  return {
    port: value.PORT,
    sandboxPort: value.SANDBOX_PORT,
    wechatPayPort: value.SANDBOX_WECHAT_PAY_PORT ?? value.SANDBOX_PORT + 1,
    temporalPort: value.TEMPORAL_PORT,
    temporalUiPort: value.TEMPORAL_UI_PORT,
    postgresPort: value.POSTGRES_PORT,
    dataDir: resolve(value.DATA_DIR),
    temporalAddress: value.TEMPORAL_ADDRESS,
    temporalUiUrl: value.TEMPORAL_UI_URL,
    databaseUrl: value.DATABASE_URL,
    publicUrl,
    workers: value.WORKER_COUNT,
    production: value.NODE_ENV === 'production',
    env,
  };
}

/** API and worker would refuse these a few seconds later; PORT has been looked at. */
function ofChildren(given: Environment): [lines: string[], publicUrl: string] {
  const own = { ...given, DATABASE_URL: given['DATABASE_URL'] ?? 'postgres://embedded' };
  const port = settings.shape.PORT.safeParse(given['PORT']).success ? given['PORT'] : undefined;
  try {
    return [[], readConfig({ ...own, PORT: port }).publicUrl];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [error.message.split('\n'), ''];
  }
}
