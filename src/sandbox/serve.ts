import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

import type { Books } from './books.ts';
import type { Answered, Ending } from './call.ts';

/** What a payer's browser is shown, or where it is sent. */
export interface Page {
  readonly status: number;
  readonly html: string;
  readonly location?: string;
}

/** A file that is fetched. */
export interface Download {
  readonly file: Buffer;
  readonly type: string;
}

/** All that a channel's server may do with a caller. */
export type Outcome = Ending | Page | Download;

/** What came over the wire, its address taken apart. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request and its body. */
export function heardOf({ method = '', url = '/', headers }: IncomingMessage, text: string): Heard {
  const [path = '', query = ''] = url.split('?', 2);
  return { method, path, query: new URLSearchParams(query), headers, text };
}

/** How a channel hears its callers and what its answers wear. */
export interface Manners {
  readonly hear: (
    request: IncomingMessage,
    body: string,
    bytes: Buffer,
  ) => Outcome | Promise<Outcome>;
  /** An answer's body as it is spelt; without this, as JSON. */
  readonly spell?: (body: object) => string;
  /** The headers that every answer has, over the bytes that are sent. */
  readonly dress: (
    content: string,
    request: IncomingMessage,
    status: number,
  ) => Readonly<Record<string, string>>;
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
  manners: Manners,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await buffer(request);
  const ending = await manners.hear(request, bytes.toString(), bytes);
  await books.kept();
  if (ending === 'held') return; // until the caller leaves
  if (ending === 'reset') return void request.socket.resetAndDestroy();
  if ('html' in ending) return show(response, ending);
  if ('file' in ending)
    return void response.writeHead(200, { 'Content-Type': ending.type }).end(ending.file);
  send(response, request, manners, ending);
}

function show(response: ServerResponse, { status, html, location }: Page): void {
  const headers = { 'Content-Type': 'text/html; charset=utf-8' };
  response.writeHead(status, location === undefined ? headers : { ...headers, Location: location });
  response.end(html);
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  { dress, spell = JSON.stringify }: Manners,
  { answer: { status, body, text, headers }, cut = false }: Answered,
): void {
  const content = text ?? (body === null ? '' : spell(body));
  const { socket } = response;
  if (cut && content === '')
    // there is no body to cut: its head ends in the middle
    return void socket?.write(`HTTP/1.1 ${status} -\r\nDat`, () => socket.destroy());
  response.writeHead(status, {
    ...(content === ''
      ? {}
      : {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Length': Buffer.byteLength(content),
        }),
    ...dress(content, request, status),
    ...headers,
  });
  if (!cut) return void response.end(content);
  response.write(content.slice(0, Math.floor(content.length / 2)), () => socket?.destroy());
}
