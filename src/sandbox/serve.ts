import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type { Books } from './books.ts';
import type { Answer, Ending } from './call.ts';

/** How a channel hears its callers and what its answers wear. */
export interface Manners {
  readonly hear: (request: IncomingMessage, body: string) => Ending | Promise<Ending>;
  /** The headers that every answer has, over the bytes that are sent. */
  readonly dress: (content: string) => Readonly<Record<string, string>>;
}

/**
 * Listens to a channel's callers. Nobody is answered before the books are on the disk; who is held, is
 * held until he leaves.
 *
 * @param manners the channel's own part
 */
export function listener(books: Books, manners: Manners): RequestListener {
  return (request, response) => {
    serve(books, manners, request, response).catch((error: unknown) => {
      if (!request.destroyed) process.stderr.write(`${String((error as Error).stack)}\n`);
      response.destroy();
    });
  };
}

async function serve(
  books: Books,
  { hear, dress }: Manners,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const ending = await hear(request, await text(request));
  await books.kept();
  if (ending === 'held') return; // until the caller leaves
  if (ending === 'reset') return void request.socket.resetAndDestroy();
  send(response, ending.answer, dress, ending.cut);
}

function send(
  response: ServerResponse,
  { status, body, headers }: Answer,
  dress: Manners['dress'],
  cut = false,
): void {
  const content = body === null ? '' : JSON.stringify(body);
  const { socket } = response;
  if (cut && body === null)
    // there is no body to cut: its head ends in the middle
    return void socket?.write(`HTTP/1.1 ${status} -\r\nDat`, () => socket.destroy());
  response.writeHead(status, {
    ...dress(content),
    ...(body === null
      ? {}
      : {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Length': Buffer.byteLength(content),
        }),
    ...headers,
  });
  if (!cut) return void response.end(content);
  response.write(content.slice(0, Math.floor(content.length / 2)), () => socket?.destroy());
}
