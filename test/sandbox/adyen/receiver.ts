import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { hmacValidator } from '@adyen/api-library';

import { awaited, openHearing } from '../hearing.ts';

/** One notification as it came, verified with Adyen's own library. */
export interface Heard {
  readonly path: string;
  readonly body: any;
  readonly item: any;
  readonly isGenuine: boolean;
}

export interface AdyenReceiver {
  /** Where notifications go. */
  readonly url: string;
  /** Where the payer's browser comes back. */
  readonly returnUrl: string;
  readonly heard: Heard[];
  /** The `redirectResult`s of who came back. */
  readonly returned: string[];
  hmacKey: string;
  answer: number;
  readonly until: (count: number) => Promise<Heard[]>;
  /** Waits for the first notification of an event, about a number of the merchant's if one is named. */
  readonly event: (eventCode: string, reference?: string) => Promise<any>;
  readonly backAgain: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A merchant's webhook, and the page that his payers come back to. */
export async function openAdyenReceiver(): Promise<AdyenReceiver> {
  const heard: Heard[] = [];
  const returned: string[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { answer, hmacKey } = receiver; // as they are when the notification is heard
    const url = new URL(request.url!, receiver.url);
    if (request.method === 'GET') {
      returned.push(url.searchParams.get('redirectResult') ?? '');
      return void response.end('thank you');
    }
    const body = JSON.parse(await text(request));
    const item = body.notificationItems[0].NotificationRequestItem;
    heard.push({ path: request.url!, body, item, isGenuine: genuine(item, hmacKey) });
    response.writeHead(answer).end('[accepted]');
  };
  const { origin, close } = await openHearing(hear);
  const wait = <T>(found: () => T | undefined, what: string): Promise<T> =>
    awaited(found, what, () => heard.map(({ item }) => item.eventCode));
  const receiver: AdyenReceiver = {
    url: `${origin}/v1/callbacks/adyen/cha_own`,
    returnUrl: `${origin}/back?order=1`,
    heard,
    returned,
    hmacKey: '',
    answer: 202,
    until: (count) => wait(() => (heard.length >= count ? heard : undefined), `${count} events`),
    event: (eventCode, reference) =>
      wait(
        () =>
          heard.find(
            ({ item }) =>
              item.eventCode === eventCode &&
              (reference === undefined || item.merchantReference === reference),
          )?.item,
        eventCode,
      ),
    backAgain: () => wait(() => returned.at(-1), 'the payer'),
    close,
  };
  return receiver;
}

/** The library reads members that a malformed item has not. */
function genuine(item: any, hmacKey: string): boolean {
  const whole = { ...item, amount: item.amount ?? {} };
  return new hmacValidator().validateHMAC(whole, hmacKey);
}
