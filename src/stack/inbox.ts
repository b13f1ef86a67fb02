import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A merchant's receiver of webhooks, as the demo's shop runs one. */
export interface Inbox {
  readonly url: string;
  /** Believes what is signed with this secret (`whsec_…`). */
  readonly trust: (secret: string) => void;
  /** The events whose signature was right, each once: Standard Webhooks repeats an id until it is answered. */
  readonly verified: () => readonly { readonly type: string; readonly objectId: string }[];
  readonly close: () => void;
}

/** Opens one on a free port of this machine. Answers 401 to what it cannot verify. */
export async function openInbox(): Promise<Inbox> {
  const secrets: Buffer[] = [];
  const events = new Map<string, { type: string; objectId: string }>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const isGenuine = secrets.some((secret) => isSigned(secret, request.headers, body));
      if (isGenuine) {
        const event = JSON.parse(body) as { id: string; type: string; data: { object: { id: string } } }; // prettier-ignore
        events.set(event.id, { type: event.type, objectId: event.data.object.id });
      }
      response.writeHead(isGenuine ? 204 : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    trust: (secret) => secrets.push(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')),
    verified: () => [...events.values()],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** https://github.com/standard-webhooks/standard-webhooks: HMAC-SHA256 over id, timestamp and body. */
function isSigned(secret: Buffer, headers: IncomingHttpHeaders, body: string): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name])); // prettier-ignore
  const right = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest();
  return String(signatures).split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
} // prettier-ignore
