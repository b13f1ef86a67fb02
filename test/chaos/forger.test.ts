import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { Forger, forgeries, type Forgery } from '../../chaos/forger.ts';
import { parseAccount } from '../../src/channels/stripe/account.ts';
import { readCallback } from '../../src/channels/stripe/callback.ts';

const secret = 'whsec_of_the_channel';
const account = parseAccount({ base_url: 'http://stripe.example', api_key: 'sk_test_7749c357c22baff33a573e21', webhook_secrets: [secret] }); // prettier-ignore

let server: Server;
let url: string;
let heard: { signature: string; body: string };
beforeAll(async () => {
  server = createServer((request, response) => {
    void answer(request).then((body) => response.end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The sandbox's keys, and an API that believes everything. */
async function answer(request: IncomingMessage): Promise<string> {
  if (request.url === '/control/keys')
    return JSON.stringify({ stripe: { channel_account: 'cha_1', webhook_secret: secret } });
  heard = { signature: String(request.headers['stripe-signature']), body: await text(request) };
  return '';
}

async function forged(forgery: Forgery) {
  const order = { id: 'pi_1', amount: 1_999, amount_received: 1_999, currency: 'cny', created: 1 };
  await new Forger(url, url).send(forgery, order, 'att_1');
  return heard;
}

const read = (body: string, signature: string) =>
  readCallback(account, { headers: { 'stripe-signature': signature }, body: Buffer.from(body) }, new Date()); // prettier-ignore

describe('the forger', () => {
  test.each(forgeries)('F13: %s is not believed', async (forgery) => {
    const { body, signature } = await forged(forgery);
    expect(read(body, signature).kind).toBe(forgery === 'stale' ? 'stale' : 'forged');
  });

  test('F13: would be paid, were it only for what the notice says', async () => {
    const { body, signature } = await forged('other_bytes');
    const signed = JSON.stringify(JSON.parse(body));
    expect(read(signed, signature)).toMatchObject({
      kind: 'attempt',
      reference: 'att_1',
      answer: { kind: 'approved', receipt: { amount: 1_999, currency: 'CNY' } },
    });
  });
});
