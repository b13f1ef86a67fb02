import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { awaited, openHearing } from '../hearing.ts';
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
  const { origin, close } = await openHearing(hear);
  const wait = <T>(found: () => T | undefined, what: string): Promise<T> =>
    awaited(found, what, () => heard.map(({ said }) => said.type));
  const receiver: BankReceiver = {
    url: `${origin}/v1/callbacks/bank-transfer/cha_own`,
    heard,
    keys: null,
    answer: 204,
    until: (count) => wait(() => (heard.length >= count ? heard : undefined), `${count} callbacks`),
    told: (type) => wait(() => heard.find(({ said }) => said.type === type)?.said, type),
    close,
  };
  return receiver;
}
