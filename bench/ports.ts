import { randomInt } from 'node:crypto';

import { freePort, isFree } from '../src/stack/port.ts';

/** Three neighbouring free ports: the sandbox takes the next ones for its channels. */
export async function freeRow(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const isRow = port < 65_000 && (await isFree(port + 1)) && (await isFree(port + 2));
    if (isRow) return port;
  }
}

/** A free port that Temporal's PostgreSQL schema can hold: its column for ports is a smallint. */
export async function smallPort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_768);
    if (await isFree(port)) return port;
  }
}
