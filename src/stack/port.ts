import { createServer } from 'node:net';

import type { StackSettings } from './settings.ts';

/** Can this port be listened on? */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

/** The settings whose port somebody else holds, a line each; nothing has been started yet. */
export async function takenPorts(settings: StackSettings): Promise<string[]> {
  const wanted: [string, number | undefined][] = [
    ['PORT', settings.port],
    ['SANDBOX_PORT', settings.sandboxPort],
    ['SANDBOX_PORT + 1 (wechat-pay)', settings.sandboxPort + 1],
    ['TEMPORAL_PORT', settings.temporalAddress ? undefined : settings.temporalPort],
    ['TEMPORAL_UI_PORT', settings.temporalAddress ? undefined : settings.temporalUiPort],
    ['POSTGRES_PORT', settings.databaseUrl ? undefined : settings.postgresPort],
  ];
  const lines = wanted.map(async ([name, port]) =>
    port === undefined || (await isFree(port))
      ? []
      : [`${name}: port ${port} is taken; set another`],
  );
  return (await Promise.all(lines)).flat();
}
