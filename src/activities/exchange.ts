import type { Channel, HttpReply, HttpRequest, Send } from '../channels/channel.ts';

/** What one request and its reply were, for the log of exchanges. */
export interface Sent {
  readonly request: string;
  readonly response: string | null;
  readonly result: string;
  readonly took_ms: number;
}

export interface Wire {
  readonly timeout_ms: number;
  /** Asked right before the socket; anything but `taken` sends nothing. */
  readonly fence: () => Promise<'taken' | 'sent' | 'closed'>;
  readonly log: (sent: Sent) => Promise<void>;
  readonly redact: Channel['redact'];
}

// Nothing left when no connection came about; after that anything may have.
const beforeConnection = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A channel's replies are some kB; more than this is not one. */
const replyMax = 256 * 1024;

/** The way out of an adapter: takes the fence, sends once, keeps the exchange. Never throws for the network. */
export function sendThrough(wire: Wire): Send {
  return async (request) => {
    const fence = await wire.fence();
    if (fence === 'closed') return { kind: 'never_sent', detail: 'the send fence is closed' };
    if (fence === 'sent') return { kind: 'lost', detail: 'another sender has sent this operation' };
    const began = performance.now();
    const reply = await exchange(request, wire.timeout_ms);
    await wire.log({
      request: wire.redact(`${request.method} ${request.url}\n${request.body}`),
      response:
        reply.kind === 'reply' ? wire.redact(`${reply.status}\n${reply.body}`) : reply.detail,
      result: reply.kind === 'reply' ? String(reply.status) : reply.kind,
      took_ms: Math.round(performance.now() - began),
    });
    return reply;
  };
}

async function exchange(request: HttpRequest, timeout_ms: number): Promise<HttpReply> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout_ms),
      ...(request.method === 'GET' ? {} : { body: request.body }),
    });
    const body = await response.text();
    if (body.length > replyMax)
      return { kind: 'lost', detail: `a reply of ${body.length} characters` };
    return {
      kind: 'reply',
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body,
    };
  } catch (error) {
    const code = codeOf(error);
    return { kind: beforeConnection.has(code) ? 'never_sent' : 'lost', detail: code };
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreadable error';
  const cause = error.cause as { code?: unknown; errors?: { code?: unknown }[] } | undefined;
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' && code !== '' ? code : error.name;
}
