import { verify, X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

import { awaited, openHearing } from '../hearing.ts';

/** One webhook as it came, verified as the documents say, with the certificate that it names. */
export interface Heard {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: any;
  readonly isGenuine: boolean;
  readonly age_ms: number;
}

export interface PaypalReceiver {
  readonly url: string;
  readonly heard: Heard[];
  webhookId: string;
  answer: number;
  readonly until: (count: number) => Promise<Heard[]>;
  /** Waits for the first event of this type, about an order with this number if one is named. */
  readonly event: (type: string, reference?: string) => Promise<any>;
  readonly close: () => Promise<void>;
}

/** A merchant's webhook that keeps what it hears. */
export async function openPaypalReceiver(): Promise<PaypalReceiver> {
  const heard: Heard[] = [];
  const certificateAt = cachedCertificates();
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { answer, webhookId } = receiver; // as they are when the event is heard
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    const certificate = await certificateAt(headers['paypal-cert-url']!).catch(() => null);
    if (!certificate) return void response.writeHead(503).end(); // the sandbox was killed meanwhile
    const isGenuine = genuine(certificate, headers, body, webhookId);
    const age_ms = Date.now() - Date.parse(headers['paypal-transmission-time']!);
    const event = JSON.parse(body);
    heard.push({ path: request.url!, headers, body, event, isGenuine, age_ms });
    response.writeHead(answer).end();
  };
  const { origin, close } = await openHearing(hear);
  const wait = <T>(found: () => T | undefined, what: string): Promise<T> =>
    awaited(found, what, () => heard.map(({ event }) => event.event_type));
  const receiver: PaypalReceiver = {
    url: `${origin}/v1/callbacks/paypal/cha_own`,
    heard,
    webhookId: '',
    answer: 200,
    until: (count) => wait(() => (heard.length >= count ? heard : undefined), `${count} events`),
    event: (type, reference) =>
      wait(
        () => heard.find(({ event, body }) => event.event_type === type && body.includes(reference ?? ''))?.event,
        type,
      ),
    close,
  }; // prettier-ignore
  return receiver;
}

/** As a merchant keeps them: fetched once. */
function cachedCertificates() {
  const known = new Map<string, X509Certificate>();
  return async (url: string) => {
    const certificate = known.get(url) ?? new X509Certificate(await (await fetch(url)).text());
    known.set(url, certificate);
    return certificate;
  };
}

function genuine(
  { publicKey }: X509Certificate,
  headers: Readonly<Record<string, string>>,
  body: string,
  webhookId: string,
): boolean {
  const signed = [
    headers['paypal-transmission-id'],
    headers['paypal-transmission-time'],
    webhookId,
    crc32(body),
  ].join('|');
  const signature = Buffer.from(headers['paypal-transmission-sig']!, 'base64');
  return verify('RSA-SHA256', Buffer.from(signed), publicKey, signature);
}
