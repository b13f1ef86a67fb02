import { randomInt } from 'node:crypto';

import { freePort, isFree } from '../src/stack/port.ts';

/** Four neighbouring free ports: the sandbox takes the next ones for its channels. */
export async function freeRow(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const next = await Promise.all([1, 2, 3].map((step) => isFree(port + step)));
    if (port < 65_000 && next.every(Boolean)) return port;
  }
}

/** A free port that Temporal's PostgreSQL schema can hold: its column for ports is a smallint. */
export async function smallPort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_768);
    if (await isFree(port)) return port;
  }
}
