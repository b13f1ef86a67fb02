import type { Channel } from '../channels/channel.ts';
import type { HttpReply, HttpRequest, Send } from '../channels/exchange.ts';
import { logger } from '../telemetry.ts';
import { within } from './patience.ts';

/** What one request and its reply were, for the log of exchanges. */
export interface Sent {
  readonly request: string;
  readonly response: string | null;
  readonly result: string;
  readonly took_ms: number;
}

export interface Wire {
  /** From the first byte of the connection to the last of the reply. */
  readonly timeout_ms: number;
  /** Asked right before the socket; anything but `taken` sends nothing. */
  readonly fence: (request: HttpRequest) => Promise<'taken' | 'sent' | 'closed'>;
  readonly log: (sent: Sent) => Promise<void>;
  readonly redact: Channel['redact'];
}

/** A channel's replies are some kB; more than this is not one. A file of many orders may have so much. */
const replyBytesMax = 256 * 1024;
const fileBytesMax = 64 * 1024 * 1024;

/** The log may take this long; then the answer goes on without it. */
const logPatienceMs = 2_000;

/**
 * The way out of an adapter: takes the fence, sends once, keeps the exchange. Whatever the network or the
 * log does is a value; it rejects only when the fence could not be asked, and then nothing left.
 */
export function sendThrough(wire: Wire): Send {
  return async (request) => {
    const fence = await wire.fence(request);
    if (fence === 'closed') return { kind: 'never_sent', detail: 'the send fence is closed' };
    if (fence === 'sent') return { kind: 'lost', detail: 'another sender has sent this operation' };
    const began = performance.now();
    const reply = await exchange(request, wire.timeout_ms);
    await keep(wire, request, reply, Math.round(performance.now() - began));
    return reply;
  };
}

/** Writes the exchange down, but never at the price of the answer: that is money, this is a log. */
async function keep(
  wire: Wire,
  request: HttpRequest,
  reply: HttpReply,
  took_ms: number,
): Promise<void> {
  const result = reply.kind === 'reply' ? String(reply.status) : reply.kind;
  try {
    await within(logPatienceMs, wire.log({ ...textsOf(wire, request, reply), result, took_ms }));
  } catch (error) {
    const { method, url } = request;
    logger.error({ err: error, method, url, result }, 'an exchange with a channel was not logged');
  }
}

/** Headers are not kept: they hold signatures and keys, and nothing that a person looks for. */
function textsOf({ redact }: Wire, request: HttpRequest, reply: HttpReply) {
  const { method, url, body } = request;
  const response = reply.kind === 'reply' ? `${reply.status}\n${keptOf(reply)}` : reply.detail;
  return { request: redact(`${method} ${url}\n${body}`), response: redact(response) };
}

/** A file tells of other orders too, which are no matter of this one. */
function keptOf({ file, body }: HttpReply & { kind: 'reply' }): string {
  return file ? `[a file of ${file.length} bytes]` : body;
}

/** One request and what came of it, without fence and log. It never rejects. */
export async function exchange(request: HttpRequest, timeout_ms: number): Promise<HttpReply> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual', // a signed request goes where it was meant to go, or nowhere
      signal: AbortSignal.timeout(timeout_ms),
      ...(request.method === 'GET' ? {} : { body: request.body }),
    });
    const most = request.is_file ? fileBytesMax : replyBytesMax;
    const read = await readBody(response, most);
    if (read === null) return { kind: 'lost', detail: `a reply of over ${most} bytes` };
    const headers = Object.fromEntries(response.headers);
    const content = request.is_file ? { body: '', file: read } : { body: read.toString() };
    return { kind: 'reply', status: response.status, headers, ...content };
  } catch (thrown) {
    const error = thrown as NetworkError; // fetch throws nothing else
    return { kind: isBeforeConnection(error) ? 'never_sent' : 'lost', detail: codeOf(error) };
  }
}

/** The reply's bytes, or null as soon as it is too long: the rest is not read. */
async function readBody(response: Response, most: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface NetworkError {
  readonly name?: string;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: NetworkError;
  /** One per address of the name. */
  readonly errors?: readonly NetworkError[];
}

/**
 * Nothing left when no connection came about. The code alone does not say so: EHOSTUNREACH or ETIMEDOUT can
 * also end a connection that had carried the request; the system call does.
 */
function isBeforeConnection({ cause = {} }: NetworkError): boolean {
  const tries = cause.errors?.length ? cause.errors : [cause];
  return tries.every(
    ({ code, syscall }) =>
      syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT',
  );
}

function codeOf({ name = 'unreadable error', cause }: NetworkError): string {
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' && code !== '' ? code : name;
}
