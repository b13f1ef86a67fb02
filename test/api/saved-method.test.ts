import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const unknown = 'pm_01h45ytscbebyvny4gc8cr8ma2';
const consent = { text: 'Keep my card for later orders', ip: '203.0.113.7' };
const is = (status: string) => (payment: any) => payment.status === status;
const customerOf = async () => (await merchant.call('POST', '/v1/customers', {})).body.id as string;
const shown = (id: string) => merchant.call('GET', `/v1/payment_methods/${id}`);
const methodsOf = async (customer: string): Promise<any[]> =>
  (await merchant.call('GET', `/v1/customers/${customer}/payment_methods`)).body.data;
const saving = (token: string, customer: string, given: object = {}) =>
  merchant.create({
    currency: 'USD',
    customer: { id: customer },
    method: { type: 'card', token, save: { consent } },
    ...given,
  });
const payWith = (payment_method: string, given: object = {}, order: object = {}) =>
  merchant.create({
    currency: 'USD',
    method: { type: 'card', payment_method, ...given },
    ...order,
  });

async function until(id: string, isSo: (answer: any) => boolean): Promise<any> {
  for (const end = Date.now() + 30_000; ;) {
    const answer = await shown(id);
    if (isSo(answer)) return answer.body;
    if (Date.now() > end) throw new Error(`${id}: ${JSON.stringify(answer.body)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
const active = (id: string) => until(id, ({ body }) => body.status === 'active');

async function saved(token = 'tok_ok') {
  const customer = await customerOf();
  const { body } = await saving(token, customer);
  const id: string = body.method.payment_method;
  if (token === 'tok_3ds') await merchant.payer(body, 'authenticate');
  return { customer, id, method: await active(id), payment: body };
}

describe('a card that its payer agrees to have kept', () => {
  test('is his saved method as soon as it has paid: what he agreed to, and what may be shown of it', async () => {
    const { customer, id, method, payment } = await saved();
    expect(payment).toMatchObject({
      status: 'succeeded',
      method: { type: 'card', payment_method: id },
    });
    expect(method).toMatchObject({
      object: 'payment_method',
      customer,
      type: 'card',
      card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
      channel: 'stripe',
      consent: { ...consent, given_at: expect.any(String) },
    });
    expect(await methodsOf(customer)).toEqual([method]);
  });

  test('pays again, with him there and without', async () => {
    const { customer, id } = await saved();
    for (const given of [{}, { off_session: true }]) {
      const { status, body } = await payWith(id, given, { customer: { id: customer } });
      expect({ status, body }).toMatchObject({
        status: 201,
        body: { status: 'succeeded', method: { type: 'card', payment_method: id } },
      });
      expect(await merchant.books(body)).toMatchObject({ paid_count: 1, captured: 1_999 });
    }
  });

  test('is held and captured as any other, also by a later confirm', async () => {
    const { id } = await saved();
    const waiting = await merchant.create({
      currency: 'USD',
      method: undefined,
      capture: 'manual',
    });
    const { body } = await merchant.confirm(waiting.body.id, { type: 'card', payment_method: id });
    expect(body.status).toBe('requires_capture');
    expect((await merchant.capture(body.id)).body.status).toBe('succeeded');
  });

  test('is kept by a confirm too, and by a hold', async () => {
    const customer = await customerOf();
    const waiting = await merchant.create({
      currency: 'USD',
      method: undefined,
      capture: 'manual',
      customer: { id: customer },
    });
    const method = { type: 'card', token: 'tok_ok', save: { consent } };
    const { body } = await merchant.confirm(waiting.body.id, method);
    expect(body.status).toBe('requires_capture');
    expect((await active(body.method.payment_method)).customer).toBe(customer);
  });

  test('that wants its holder is declined without him, and paid with him', async () => {
    const { id } = await saved('tok_3ds');
    const away = await payWith(id, { off_session: true });
    expect(away.body).toMatchObject({
      status: 'requires_payment_method',
      failure: {
        code: 'authentication_failed',
        advice: 'correct_details',
        channel_code: 'authentication_required',
      },
    });
    const there = await merchant.confirm(away.body.id, { type: 'card', payment_method: id });
    expect(there.body).toMatchObject({ status: 'requires_action' });
    await merchant.payer(there.body, 'authenticate');
    await merchant.until(away.body.id, is('succeeded'));
  });

  test('is not kept when it does not pay', async () => {
    const customer = await customerOf();
    const { body } = await saving('tok_declined', customer, { on_decline: 'fail' });
    expect(body.status).toBe('failed');
    await until(body.method.payment_method, ({ status }) => status === 404);
    expect(await methodsOf(customer)).toEqual([]);
  });

  /** Three at most: each lengthens the keeper's wait by half, and seven outlast our patience of 30 s, as they once did in CI. */
  test.each(['rate_limit', 'http_500_after_commit'])(
    'is kept once, though a channel answers %s now and then',
    async (fault) => {
      await merchant.fault('any', fault, { channel: 'stripe', probability: 0.5, count: 3 });
      const { customer, id } = await saved();
      await merchant.control('DELETE', '/control/faults');
      expect((await payWith(id)).body.status).toBe('succeeded');
      expect(await methodsOf(customer)).toHaveLength(1);
    },
  );
});

describe('a saved method that is taken back', () => {
  test('pays nothing any more, and is gone', async () => {
    const { customer, id } = await saved();
    expect(await merchant.call('DELETE', `/v1/payment_methods/${id}`)).toMatchObject({
      status: 200,
      body: { id, object: 'payment_method', deleted: true },
    });
    expect((await shown(id)).status).toBe(404);
    expect(await methodsOf(customer)).toEqual([]);
    expect(await payWith(id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await merchant.call('DELETE', `/v1/payment_methods/${id}`)).status).toBe(404);
  });

  test('goes with its customer', async () => {
    const { customer, id } = await saved();
    expect((await merchant.call('DELETE', `/v1/customers/${customer}`)).status).toBe(200);
    expect((await shown(id)).status).toBe(404);
    expect((await payWith(id)).status).toBe(404);
  });
});

describe('refused is', () => {
  const refusal = ({ status, body }: any) => ({
    status,
    errors: body.errors?.map((error: any) => [error.pointer, error.code]),
  });

  test.each([
    [{ save: { consent } }, '/method/token'],
    [{ token: 'tok_ok', payment_method: unknown }, '/method/token'],
    [{ token: 'tok_ok', off_session: true }, '/method/off_session'],
    [{ payment_method: unknown, save: { consent } }, '/method/save'],
    [{ token: 'tok_ok', save: { consent: {} } }, '/method/save/consent/text'],
    [{ token: 'tok_ok', save: { consent: { ...consent, ip: 'here' } } }, '/method/save/consent/ip'],
  ])('a card with %j', async (given, pointer) => {
    const customer = { id: await customerOf() };
    const asked = { currency: 'USD', customer, method: { type: 'card', ...given } };
    const refused = refusal(await merchant.create(asked));
    expect(refused.status).toBe(400);
    expect(refused.errors).toContainEqual([pointer, 'invalid_field']);
  });

  test('to save for nobody', async () => {
    const method = { type: 'card', token: 'tok_ok', save: { consent } };
    const errors = [['/method/save', 'invalid_field']];
    expect(refusal(await merchant.create({ currency: 'USD', method }))).toEqual({ status: 400, errors }); // prettier-ignore
    const waiting = await merchant.create({ currency: 'USD', method: undefined });
    expect(refusal(await merchant.confirm(waiting.body.id, method))).toEqual({ status: 400, errors }); // prettier-ignore
  });

  test('what nobody has, or another customer', async () => {
    const errors = [['/method/payment_method', 'not_found']];
    expect(refusal(await payWith(unknown))).toEqual({ status: 404, errors });
    const { id } = await saved();
    const other = { customer: { id: await customerOf() } };
    expect(refusal(await payWith(id, {}, other))).toEqual({ status: 404, errors });
  });

  test('a customer whom nobody knows', async () => {
    const of = '/v1/customers/cus_01h45ytscbebyvny4gc8cr8ma2/payment_methods';
    expect((await merchant.call('GET', of)).status).toBe(404);
  });
});
