import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';

import wechatpay from 'wechatpay-axios-plugin';

const { Aes, Formatter, Rsa } = wechatpay as any;

/** One callback as it came: verified and opened with the third-party library, never with our own code. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly envelope: any;
  readonly genuine: boolean;
  readonly age: number;
  /** The decrypted resource, or null when it does not open. */
  readonly resource: any;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  answer: number;
  readonly until: (count: number, ms?: number) => Promise<Received[]>;
  readonly close: () => Promise<void>;
}

interface Keys {
  readonly platform_public_key: string;
  readonly next_platform_serial: string;
  readonly next_platform_public_key: string;
  readonly wechatpay_public_key_id: string;
  readonly wechatpay_public_key: string;
  readonly api_v3_key: string;
}

/** A merchant's callback address that keeps what it hears. */
export async function openReceiver(keys: Keys, slowness = 0): Promise<Receiver> {
  const received: Received[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { answer } = receiver; // as it is when the callback is heard
    received.push(opened(keys, request.url!, request.headers, await text(request)));
    await pause(slowness);
    response.writeHead(answer).end();
  };
  const server = createServer((request, response) => void hear(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/v1/callbacks/wechat-pay`,
    received,
    answer: 204,
    until: async (count, ms = 15_000) => {
      const end = Date.now() + ms;
      while (received.length < count && Date.now() < end) await pause(15);
      if (received.length < count) throw new Error(`${received.length} of ${count} callbacks came`);
      return received;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}

function opened(keys: Keys, path: string, headers: IncomingHttpHeaders, body: string): Received {
  const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'signature'].map(
    (name) => headers[`wechatpay-${name}`] as string,
  );
  const envelope = JSON.parse(body);
  const key = publicKey(keys, headers['wechatpay-serial'] as string);
  return {
    path,
    headers,
    envelope,
    genuine: Rsa.verify(Formatter.response(timestamp!, nonce!, body), signature!, key),
    age: Date.now() / 1000 - Number(timestamp),
    resource: decrypted(keys.api_v3_key, envelope?.resource),
  };
}

/** The key that a serial names. */
function publicKey(keys: Keys, serial: string): unknown {
  const others: Record<string, string> = {
    [keys.wechatpay_public_key_id]: keys.wechatpay_public_key,
    [keys.next_platform_serial]: keys.next_platform_public_key,
  };
  const pem = others[serial] ?? keys.platform_public_key;
  return Rsa.from(pem, Rsa.KEY_TYPE_PUBLIC);
}

function decrypted(key: string, resource: any): any {
  try {
    return JSON.parse(
      Aes.AesGcm.decrypt(resource.ciphertext, key, resource.nonce, resource.associated_data),
    );
  } catch {
    return null;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
