import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { pause } from '../callback-receiver.ts';

/** One notice as it came, verified with the vendor's SDK, never with our own code. */
export interface Heard {
  readonly path: string;
  readonly body: string;
  readonly type: string;
  /** The form's fields, decoded once. */
  readonly notice: any;
  readonly genuine: boolean;
}

export interface AlipayReceiver {
  readonly url: string;
  readonly heard: Heard[];
  /** The SDK's `checkNotifySignV2`. */
  isGenuine: (notice: object) => boolean;
  answer: { status: number; body: string };
  readonly until: (count: number, ms?: number) => Promise<Heard[]>;
  readonly close: () => Promise<void>;
}

/** A merchant's notify_url that keeps what it hears. */
export async function openAlipayReceiver(): Promise<AlipayReceiver> {
  const heard: Heard[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { answer, isGenuine } = receiver; // as they are when the notice is heard
    const body = await text(request);
    const notice = Object.fromEntries(new URLSearchParams(body));
    const type = request.headers['content-type']!;
    heard.push({ path: request.url!, body, type, notice, genuine: isGenuine(notice) });
    response.writeHead(answer.status).end(answer.body);
  };
  const server = createServer((request, response) => void hear(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const receiver: AlipayReceiver = {
    url: `http://127.0.0.1:${port}/v1/callbacks/alipay/cha_own`,
    heard,
    isGenuine: () => false,
    answer: { status: 200, body: 'success' },
    until: async (count, ms = 15_000) => {
      const end = Date.now() + ms;
      while (heard.length < count && Date.now() < end) await pause(15);
      if (heard.length < count) throw new Error(`${heard.length} of ${count} notices came`);
      return heard;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}
