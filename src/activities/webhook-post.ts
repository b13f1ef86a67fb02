import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** What came of one post: an answer, whatever it says, or none. */
export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly retry_after_ms: number | null }
  | { readonly kind: 'lost'; readonly detail: string };

export interface Post {
  readonly url: URL;
  /** The only ones that may be connected to. */
  readonly addresses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeout_ms: number;
}

/** Of an answer's body nothing is kept; this much is heard out, so that its writer is not cut off. */
const heardBytesMax = 16 * 1024;

/** Posts once, follows nothing. Never rejects: whatever the network does is a value. */
export function post({ url, addresses, headers, body, timeout_ms }: Post): Promise<Posted> {
  return new Promise((resolve) => {
    const lost = (detail: string) => resolve({ kind: 'lost', detail });
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
      agent: false, // a connection of its own: one to another address is never taken up
      lookup: pinned(addresses),
      signal: AbortSignal.timeout(timeout_ms),
    });
    request.on('response', (response) => {
      const retry_after_ms = retryAfter(response.headers['retry-after']);
      resolve({ kind: 'answered', status: response.statusCode ?? 0, retry_after_ms });
      let heard = 0;
      response.on('data', (chunk: Buffer) => {
        heard += chunk.length;
        if (heard > heardBytesMax) request.destroy();
      });
      response.on('error', () => undefined); // the answer stands
    });
    request.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? error.name));
    request.on('close', () => lost('closed without an answer')); // also after an Upgrade that nobody asked for
    request.end(body);
  });
}

/** Answers the checked addresses, whatever name is asked for: Host and TLS still carry the name. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    const [first] = all;
    if (!first) callback(new Error('no address'), '', 0);
    else if (options.all) callback(null, all);
    else callback(null, first.address, first.family);
  };
}

/** RFC 9110 section 10.2.3, in seconds; a date is not worth a second clock. */
function retryAfter(given: string | undefined): number | null {
  return given !== undefined && /^\d{1,9}$/.test(given) ? Number(given) * 1_000 : null;
}
