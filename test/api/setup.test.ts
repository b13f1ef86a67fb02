import { randomUUID } from 'node:crypto';

import { launch, type Launched } from '../support/launcher.ts';
import { byLiveKey, Merchant, type Reply } from '../support/merchant.ts';
import { StripeEventSender } from '../support/stripe-event.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const consent = { text: 'Keep my card for later orders', ip: '203.0.113.7' };
const customerOf = async () => (await merchant.call('POST', '/v1/customers', {})).body.id as string;
const post = (customer: string, body: object, key?: string): Promise<Reply> =>
  merchant.call('POST', `/v1/customers/${customer}/payment_methods`, body, key ? { 'Idempotency-Key': key } : {}); // prettier-ignore
const body = (token: string, given: object = {}) => ({
  type: 'card',
  token,
  consent,
  wait: 30,
  ...given,
});
const setUp = async (token: string, given: object = {}) => {
  const customer = await customerOf();
  const { status, body: method } = await post(customer, body(token, given));
  expect(status).toBe(201);
  return { customer, method, id: method.id as string };
};
const shown = (id: string) => merchant.call('GET', `/v1/payment_methods/${id}`);
const listed = async (customer: string): Promise<any[]> =>
  (await merchant.call('GET', `/v1/customers/${customer}/payment_methods`)).body.data;
const payWith = (payment_method: string) =>
  merchant.create({
    currency: 'USD',
    method: { type: 'card', payment_method, off_session: true },
  });

async function until(id: string, isSo: (answer: any) => boolean): Promise<any> {
  for (const end = Date.now() + 30_000; ;) {
    const answer = await shown(id);
    if (isSo(answer)) return answer.body;
    if (Date.now() > end) throw new Error(`${id}: ${JSON.stringify(answer.body)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const is = (status: string) => (answer: any) => answer.body.status === status;

/** What the payer does on his bank's page. */
async function press(method: any, choice: string): Promise<Response> {
  const page = new URL(method.next_action.url);
  page.pathname += `/${choice}`;
  return fetch(page, { method: 'POST', redirect: 'manual' });
}

describe('a card that is saved without a payment', () => {
  test('is active when its bank has agreed, with what was agreed to and what may be shown of it', async () => {
    const customer = await customerOf();
    const { status, headers, body: method } = await post(customer, body('tok_ok'));
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/payment_methods/${method.id}`);
    expect(method).toMatchObject({
      object: 'payment_method',
      customer,
      type: 'card',
      status: 'active',
      card: { brand: 'visa', last4: '4242' },
      channel: 'stripe',
      next_action: null,
      failure: null,
      consent: { ...consent, given_at: expect.any(String) },
    });
    expect(await listed(customer)).toEqual([method]);
  });

  test('pays while its holder is away', async () => {
    const { id } = await setUp('tok_ok');
    const { status, body: payment } = await payWith(id);
    expect({ status, payment }).toMatchObject({ status: 201, payment: { status: 'succeeded' } });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, captured: 1_999 });
  });

  test.each([
    ['tok_declined', 'card_declined', 'use_other_method'],
    ['tok_fraud', 'fraud_suspected', 'contact_issuer'],
  ])('of %s has failed for %s, is no method of the customer and pays nothing', async (token, code, advice) => {
    const { customer, id, method } = await setUp(token);
    expect(method).toMatchObject({ status: 'failed', failure: { code, advice }, card: null });
    expect((await shown(id)).body).toEqual(method);
    expect(await listed(customer)).toEqual([]);
    expect((await payWith(id)).status).toBe(404);
  }); // prettier-ignore

  test('whose bank asks its holder shows him a page, and is active by callback when he has answered', async () => {
    const return_url = 'https://shop.example/cards';
    const { id, method } = await setUp('tok_3ds', { return_url });
    expect(method).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' } });
    expect((await payWith(id)).status).toBe(404);
    const back = await press(method, 'authenticate');
    expect(back.headers.get('location')).toContain(return_url);
    expect(await until(id, is('active'))).toMatchObject({ next_action: null, card: { last4: expect.any(String) } }); // prettier-ignore
  });

  test('has failed when he does not prove that it is his', async () => {
    const { id, method } = await setUp('tok_3ds');
    await press(method, 'decline');
    const failed = await until(id, is('failed'));
    expect(failed).toMatchObject({ next_action: null, failure: { code: 'authentication_failed' } });
  });

  test('has failed when he stays away, and his page does nothing any more', async () => {
    const { id, method } = await setUp('tok_3ds', { expires_in: 8 });
    expect(method.status).toBe('requires_action');
    const failed = await until(id, is('failed'));
    expect(failed.failure).toMatchObject({ code: 'authentication_failed' });
    const page = await fetch(method.next_action.url);
    expect(await page.text()).toContain('nothing left to do');
  });
});

describe('a call without an answer', () => {
  test('that the channel did is found by asking', async () => {
    const { id } = await setUp('tok_unknown', { wait: 1 });
    await until(id, is('active'));
    expect((await payWith(id)).body.status).toBe('succeeded');
  });

  test('that the channel never did is made again as long as the payer waits, and then given up', async () => {
    const { id, method } = await setUp('tok_lost', { wait: 0, expires_in: 3 });
    expect(method).toMatchObject({ status: 'processing', next_action: null, failure: null });
    const { failure } = await until(id, is('failed'));
    expect(failure).toMatchObject({ code: 'channel_unavailable', advice: 'retry_later' });
  });

  test.each(['timeout_after_commit', 'http_500_after_commit'])(
    '(%s) loses nothing',
    async (fault) => {
      await merchant.fault('any', fault, { channel: 'stripe', count: 1 });
      const { customer, id } = await setUp('tok_ok', { wait: 1 });
      await until(id, is('active'));
      expect(await listed(customer)).toHaveLength(1);
      expect((await payWith(id)).body.status).toBe('succeeded');
    },
  ); // prettier-ignore

  test('whose worker is killed meanwhile is gone on with by another', async () => {
    await merchant.fault('any', 'slow', { channel: 'stripe', delay_ms: 1_500, count: 1 });
    const { id } = await setUp('tok_ok', { wait: 0 });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const pid of stack.ready.pids.worker) process.kill(pid, 'SIGKILL');
    await until(id, is('active'));
  });
});

describe('under a key', () => {
  test('a card is saved once, however often and at once it is asked', async () => {
    const customer = await customerOf();
    const key = randomUUID();
    const asked = Array.from({ length: 6 }, () => post(customer, body('tok_ok'), key));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    const again = await post(customer, body('tok_ok', { wait: 3 }), key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toMatchObject({ id: answers[0]!.body.id, status: 'active' });
    expect(await listed(customer)).toHaveLength(1);
  });

  test('another card is refused', async () => {
    const customer = await customerOf();
    const key = randomUUID();
    await post(customer, body('tok_ok'), key);
    const other = await post(customer, body('tok_declined'), key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});

describe('one that is taken back', () => {
  test('is gone, and pays nothing any more', async () => {
    const { customer, id } = await setUp('tok_ok');
    expect((await merchant.call('DELETE', `/v1/payment_methods/${id}`)).status).toBe(200);
    expect((await shown(id)).status).toBe(404);
    expect(await listed(customer)).toEqual([]);
    expect((await payWith(id)).status).toBe(404);
  });

  test('while its holder is asked is asked about no more', async () => {
    const { id, method } = await setUp('tok_3ds');
    expect((await merchant.call('DELETE', `/v1/payment_methods/${id}`)).status).toBe(200);
    expect((await shown(id)).status).toBe(404);
    const page = async () => (await fetch(method.next_action.url)).text();
    const end = Date.now() + 20_000;
    while (!(await page()).includes('nothing left to do')) {
      if (Date.now() > end) throw new Error('the setup was not closed');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
});

describe('a notice', () => {
  test('about a number that we never gave, or another setup than ours, is refused and changes nothing', async () => {
    const { id } = await setUp('tok_3ds');
    const stripe = await StripeEventSender.of(merchant);
    expect((await stripe.setUp('pm_01h45ytscbebyvny4gc8cr8ma2', 'seti_1')).status).toBe(400);
    expect((await stripe.setUp(id, 'seti_of_another')).status).toBe(400);
    expect((await shown(id)).body.status).toBe('requires_action');
  });

  test('with our number that Stripe does not bear out is asked about, and not believed', async () => {
    const { id, method } = await setUp('tok_3ds');
    const number = new URL(method.next_action.url).pathname.split('/').at(-1) ?? '';
    const stripe = await StripeEventSender.of(merchant);
    expect((await stripe.setUp(id, number)).status).toBe(200);
    await press(method, 'decline');
    await until(id, is('failed'));
  });
});

describe('refused is', () => {
  test.each([
    [{ type: 'paypal' }, '/type'],
    [{ token: undefined }, '/token'],
    [{ consent: undefined }, '/consent'],
    [{ consent: {} }, '/consent/text'],
    [{ return_url: 'here' }, '/return_url'],
    [{ wait: 31 }, '/wait'],
  ])('%j: wrong at %s', async (given, pointer) => {
    const { status, body: problem } = await post(await customerOf(), body('tok_ok', given));
    expect(status).toBe(400);
    expect(problem.errors).toContainEqual(expect.objectContaining({ pointer, code: 'invalid_field' })); // prettier-ignore
  });

  test('a time that is out of range', async () => {
    const { status, body: problem } = await post(await customerOf(), body('tok_ok', { expires_in: 604_801 })); // prettier-ignore
    expect({ status, code: problem.code }).toEqual({ status: 422, code: 'expires_in_out_of_range' });
  }); // prettier-ignore

  test('a customer whom nobody knows, and one who was removed', async () => {
    const removed = await customerOf();
    await merchant.call('DELETE', `/v1/customers/${removed}`);
    for (const customer of ['cus_01h45ytscbebyvny4gc8cr8ma2', removed])
      expect((await post(customer, body('tok_ok'))).status).toBe(404);
  });

  test('a card where no account can save it', async () => {
    const live = byLiveKey(stack, merchant);
    const { body: customer } = await live.call('POST', '/v1/customers', {});
    const path = `/v1/customers/${customer.id}/payment_methods`;
    const { status, body: problem } = await live.call('POST', path, body('tok_ok'));
    expect({ status, code: problem.code }).toEqual({ status: 422, code: 'method_not_supported' });
  });
});
