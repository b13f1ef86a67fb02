import { text } from 'node:stream/consumers';

import { awaited, openHearing } from '../hearing.ts';
import { isGenuine } from './wire.ts';

/** One notice as it came, verified with the published certificate, never with our own code. */
export interface Heard {
  readonly path: string;
  readonly type: string;
  readonly notice: Record<string, string>;
  readonly genuine: boolean;
}

export interface UnionpayReceiver {
  readonly url: string;
  readonly heard: Heard[];
  status: number;
  /** As many of them as `count`, once they have come. */
  readonly until: (count: number) => Promise<Heard[]>;
  readonly close: () => Promise<void>;
}

/** A merchant's backUrl that keeps what it hears. */
export async function openUnionpayReceiver(certificate: string): Promise<UnionpayReceiver> {
  const heard: Heard[] = [];
  const { origin, close } = await openHearing(async (request, response) => {
    const { status } = receiver; // as it is when the notice is heard
    const notice = Object.fromEntries(new URLSearchParams(await text(request)));
    const type = request.headers['content-type']!;
    heard.push({ path: request.url!, type, notice, genuine: isGenuine(notice, certificate) });
    response.writeHead(status).end();
  });
  const receiver: UnionpayReceiver = {
    url: `${origin}/v1/callbacks/unionpay/cha_own`,
    heard,
    status: 200,
    until: (count) =>
      awaited(
        () => (heard.length < count ? undefined : heard),
        `${count} notices`,
        () => heard.map(({ notice }) => notice['orderId']!),
      ),
    close,
  };
  return receiver;
}
