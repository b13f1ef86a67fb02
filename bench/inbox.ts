import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const patienceMs = 60_000;

/** The merchant's receiver of webhooks, for both sides. */
export interface Inbox {
  readonly url: string;
  readonly port: number;
  /** When the notice that this object succeeded came (`performance.now()`). Throws after 60 s. */
  readonly until: (objectId: string) => Promise<number>;
  /** How many came in all, and how many of them told of an object again. */
  readonly received: () => { readonly all: number; readonly again: number };
  readonly close: () => void;
}

interface Notice {
  readonly data?: { readonly object?: { readonly id?: string; readonly status?: string } };
}

/** Opens a receiver that answers 204 to every POST. */
export async function openInbox(): Promise<Inbox> {
  const arrivals = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  let all = 0;
  const arrived = (text: string): void => {
    const object = (JSON.parse(text) as Notice).data?.object;
    all += 1;
    if (!object?.id || object.status !== 'succeeded' || arrivals.has(object.id)) return;
    const at = performance.now();
    arrivals.set(object.id, at);
    waiting.get(object.id)?.(at);
    waiting.delete(object.id);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      arrived(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/webhooks`,
    until: (objectId) =>
      new Promise((resolve, reject) => {
        const at = arrivals.get(objectId);
        if (at !== undefined) return resolve(at);
        const late = new Error(`no webhook said within ${patienceMs / 1_000} s that ${objectId} succeeded`);
        const timer = setTimeout(() => reject(late), patienceMs);
        waiting.set(objectId, (when) => {
          clearTimeout(timer);
          resolve(when);
        });
      }),
    received: () => ({ all, again: all - arrivals.size }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
} // prettier-ignore
