import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { pause } from './callback-receiver.ts';

/** A merchant's server: where it is, and its end. */
export interface Hearing {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Listens on a free port. */
export async function openHearing(
  hear: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Hearing> {
  const server = createServer((request, response) => void hear(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Looks until it is found. Throws when it has not come in time, with what was heard instead. */
export async function awaited<T>(
  found: () => T | undefined,
  what: string,
  heard: () => readonly string[],
  ms = 20_000,
): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(15)) {
    const result = found();
    if (result !== undefined) return result;
  }
  throw new Error(`${what} did not come; heard ${heard().join()}`);
}
