import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { pause } from '../callback-receiver.ts';
import { type HeaderMap, isBanks } from './signing.ts';

/** One callback as it came, verified as the bank's page says. */
export interface Heard {
  readonly path: string;
  readonly headers: HeaderMap;
  readonly body: string;
  readonly said: any;
  readonly isGenuine: boolean;
  readonly age_ms: number;
}

export interface BankReceiver {
  readonly url: string;
  readonly heard: Heard[];
  keys: any;
  answer: number;
  readonly until: (count: number) => Promise<Heard[]>;
  /** Waits for the first callback of this type. */
  readonly told: (type: string) => Promise<any>;
  readonly close: () => Promise<void>;
}

/** A customer's address that keeps what it hears. */
export async function openBankReceiver(): Promise<BankReceiver> {
  const heard: Heard[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { answer, keys } = receiver; // as they are when the callback is heard
    const body = await text(request);
    const headers = request.headers as HeaderMap;
    const message = { method: 'POST', url: receiver.url, headers };
    const isGenuine = await isBanks(keys, message, body, '"content-type" "content-digest"');
    const created = Number(/created=(\d+)/.exec(headers['signature-input']!)![1]);
    const age_ms = Date.now() - created * 1_000;
    heard.push({ path: request.url!, headers, body, said: JSON.parse(body), isGenuine, age_ms });
    response.writeHead(answer).end();
  };
  const server = createServer((request, response) => void hear(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const wait = async <T>(found: () => T | undefined, what: string): Promise<T> => {
    for (const end = Date.now() + 20_000; Date.now() < end; await pause(15)) {
      const result = found();
      if (result !== undefined) return result;
    }
    throw new Error(`${what} did not come; heard ${heard.map(({ said }) => said.type).join()}`);
  };
  const receiver: BankReceiver = {
    url: `http://127.0.0.1:${port}/v1/callbacks/bank-transfer/cha_own`,
    heard,
    keys: null,
    answer: 204,
    until: (count) => wait(() => (heard.length >= count ? heard : undefined), `${count} callbacks`),
    told: (type) => wait(() => heard.find(({ said }) => said.type === type)?.said, type),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}
