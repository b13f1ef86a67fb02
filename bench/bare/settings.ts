import type { SeededAccount } from '../database.ts';

/** What the bare processes are told. */
export interface Settings {
  readonly temporalAddress: string;
  readonly accounts: readonly SeededAccount[];
  readonly inboxUrl: string;
  readonly doorPort: number;
}

/** The variable that carries them. */
export const settingsVariable = 'HOLDFAST_BENCH';

/** Reads them in a bare process. */
export function readSettings(): Settings {
  return JSON.parse(process.env[settingsVariable] ?? '') as Settings;
}
