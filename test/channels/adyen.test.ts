import { adyen } from '../../src/channels/adyen/channel.ts';
import type { Order } from '../../src/channels/channel.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import { drawId } from '../../src/store/id.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** The adapter against the sandbox: what it answers, and how it reads what the sandbox tells by itself. */
let sandbox: Sandbox;
let account: any;
beforeAll(async () => {
  sandbox = await openSandbox('adyen', {}, adyen.facts.verdicts.accepted);
  const { merchant_account, api_key, report_api_key, hmac_key } = sandbox.keys;
  account = adyen.parseAccount({ base_url: sandbox.channelUrl, merchant_account, api_key, report_api_key, hmac_keys: [hmac_key] }); // prettier-ignore
});
afterAll(() => sandbox.close());

const call = () => ({
  account,
  now: () => new Date(),
  send: async ({ method, url, headers, body }: any) => {
    const response = await fetch(url, { method, headers, ...(method === 'GET' ? {} : { body }) });
    const given = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { kind: 'reply', ...given, body: await response.text() } as const;
  },
});
const orderOf = (given: Partial<Order> = {}): Order => {
  const reference = drawId('att');
  return {
    method: 'card', reference, amount: toMinor(1_999), currency: toCurrency('KWD'), description: 'Two tickets',
    expires_at: new Date(Date.now() + 1_800_000).toISOString(), notify_url: sandbox.notifyUrl, channel_key: `${reference}.create`,
    handle: null, capture: 'automatic', token: 'tok_ok', return_url: null, ...given,
  };
}; // prettier-ignore
const held = async () => {
  const order = orderOf({ capture: 'manual' });
  const answer: any = await adyen.create(call(), order);
  expect(answer).toMatchObject({ kind: 'held', held: 1_999, captured: 0 });
  return { ...order, handle: answer.channel_reference as string };
};
/** The first notice with this event about this number of ours, as the adapter reads it. */
const told = async (eventCode: string, reference: string) => {
  const isIt = ({ body }: { body: Buffer }) => body.includes(`"${eventCode}"`) && body.includes(reference); // prettier-ignore
  for (let waited = 0; !sandbox.callbacks.some(isIt); waited += 20) {
    if (waited > 30_000) throw new Error(`no ${eventCode} of ${reference}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return adyen.readCallback(account, sandbox.callbacks.find(isIt)!, new Date());
};
const books = async (reference: string) =>
  (await sandbox.control('GET', `books?reference=${reference}`)).body.transactions;

test('a card is taken once, however often the same is sent, and its notice says what the answer said', async () => {
  const order = orderOf();
  const first: any = await adyen.create(call(), order);
  expect(first).toMatchObject({ kind: 'approved', receipt: { amount: 1_999, currency: 'KWD' } });
  const again: any = await adyen.create(call(), order);
  expect(again.receipt.channel_reference).toBe(first.receipt.channel_reference);
  const { channel_reference } = first.receipt;
  expect(await told('AUTHORISATION', order.reference)).toMatchObject({
    kind: 'attempt',
    reference: order.reference,
    answer: { kind: 'authorised', channel_reference, amount: 1_999, currency: 'KWD' },
  });
  expect(await books(order.reference)).toMatchObject([{ channel_reference, paid_count: 1 }]);
});

test('a hold is captured for a part, and the notice names our capture', async () => {
  const order = await held();
  const capture_reference = drawId('cap');
  const part = { ...order, channel_key: capture_reference, capture_reference, capture_amount: toMinor(500), captured_before: toMinor(0), is_final: true }; // prettier-ignore
  expect(await adyen.capture!(call(), part)).toEqual({ kind: 'pending' });
  expect(await adyen.capture!(call(), part)).toEqual({ kind: 'pending' });
  expect(await told('CAPTURE', capture_reference)).toMatchObject({
    kind: 'capture',
    reference: capture_reference,
    answer: { kind: 'captured', amount: 500, currency: 'KWD' },
  });
  expect(await books(order.reference)).toMatchObject([{ captured: 500 }]);
});

test('a hold is given back, and the notice says that it is over', async () => {
  const order = await held();
  const release = { ...order, channel_key: `${order.reference}.void` };
  expect(await adyen.void!(call(), release)).toEqual({ kind: 'closed' });
  await told('CANCELLATION', order.handle);
  expect(await books(order.reference)).toMatchObject([{ state: 'closed', captured: 0 }]);
});

test('money goes back once under its number, and the notice names our refund', async () => {
  const order = orderOf();
  const { receipt }: any = await adyen.create(call(), order);
  const reference = drawId('ref');
  const refund = { method: 'card', reference, receipt_reference: receipt.channel_reference, attempt_reference: order.reference, receipt_amount: order.amount, amount: toMinor(500), currency: order.currency, reason: 'broken', notify_url: order.notify_url, channel_key: reference, handle: receipt.channel_reference, channel_reference: null }; // prettier-ignore
  const first = await adyen.refund(call(), refund);
  expect(first).toMatchObject({ kind: 'refund', status: 'processing', amount: 500 });
  expect(await adyen.refund(call(), refund)).toEqual(first);
  expect(await told('REFUND', reference)).toMatchObject({
    kind: 'refund',
    reference,
    answer: { kind: 'refund', status: 'succeeded', amount: 500, currency: 'KWD' },
  });
  expect((await books(order.reference))[0].refunds).toMatchObject([{ reference, amount: 500 }]);
});

test.each(['timeout_after_commit', 'http_500_after_commit', 'reset_mid_body'])(
  'a payment that was lost by %s is told when the same is sent again, and is one payment',
  async (fault) => {
    const order = orderOf();
    await sandbox.control('POST', 'faults', { channel: 'adyen', operation: 'create', fault, count: 1 }); // prettier-ignore
    const answered = call();
    const send = (request: any) =>
      Promise.race([answered.send(request), new Promise<never>((_, no) => setTimeout(no, 1_000))]).catch(
        () => ({ kind: 'lost', detail: 'no answer' }) as const,
      ); // prettier-ignore
    const lost = { ...answered, send };
    expect((await adyen.create(lost, order)).kind).toBe('unknown');
    await sandbox.control('DELETE', 'faults');
    expect((await adyen.create(call(), order)).kind).toBe('approved');
    expect(await books(order.reference)).toMatchObject([{ paid_count: 1, captured: 1_999 }]);
  },
);

test('and the sandbox, which watches our manners, has nothing against them', async () => {
  expect((await sandbox.control('GET', 'books')).body.violations).toEqual([]);
});
