import { channelSlugs } from '../../src/domain/channel.ts';
import { freePort } from '../../src/stack/port.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let metricsPort: number;

beforeAll(async () => {
  metricsPort = await freePort();
  stack = await launch({
    RATE_LIMIT_PER_SECOND: '40',
    METRICS_PORT: String(metricsPort),
    MIN_EXPIRES_IN: '7',
  });
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

describe('the OpenAPI document', () => {
  test('is 3.1 and names every path, with the refusals of each', async () => {
    const { body } = await merchant.call('GET', '/openapi.json');
    expect(body.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/payments', '/v1/payments/{id}', '/v1/payments/{id}/cancel', '/v1/payments/{id}/sync', '/v1/payments/{id}/timeline', '/v1/refunds', '/v1/refunds/{id}', '/v1/cases', '/v1/cases/{id}/resolve', '/v1/customers', '/v1/customers/{id}', '/v1/customers/{id}/wallets', '/v1/wallets/{id}', '/v1/wallets/{id}/entries', '/v1/top_ups', '/v1/top_ups/{id}', '/v1/gift_codes', '/v1/gift_codes/{id}', '/v1/customers/{id}/redemptions', '/v1/channel_accounts', '/v1/channel_accounts/{id}'])); // prettier-ignore
    const { post } = body.paths['/v1/payments'];
    expect(post.responses['409'].description).toContain('order_in_progress');
    expect(post.parameters).toMatchObject([
      { name: 'Idempotency-Key', in: 'header', required: true },
    ]);
    for (const answer of Object.values<any>(post.responses))
      expect(Object.keys(answer.headers)).toEqual(['Request-Id', 'Server-Timing']);
    const bodyOf = (path: string) => body.paths[path].post.requestBody.required;
    expect(bodyOf('/v1/payments')).toBe(true);
    expect(bodyOf('/v1/payments/{id}/cancel')).toBe(false); // all of it may be left out
    const { oneOf } = body.components.schemas.CreatePayment.properties.method;
    const [card, wallet, h5, jsapi] = oneOf.map(({ required }: any) => required);
    // What WeChat must be told of the payer may be left out with a test key (test/api/route.test.ts).
    expect([wallet, h5, jsapi]).toEqual([['type', 'token'], ['type'], ['type']]);
    expect(card).toEqual(['type']); // a token, or a saved method
    expect(oneOf[2].properties.payer_ip.anyOf.map(({ format }: any) => format)).toEqual([
      'ipv4',
      'ipv6',
    ]);
    const { metadata } = body.components.schemas.CreatePayment.properties;
    expect(metadata.propertyNames).toEqual({ minLength: 1, maxLength: 40 });
    expect(body.components.schemas.CreatePayment.required).toEqual(['order_no', 'amount', 'currency']); // prettier-ignore
  });

  test('names what takes no key: callbacks, health and itself', async () => {
    const { body } = await merchant.call('GET', '/openapi.json');
    for (const [method, path] of [
      ['post', '/v1/callbacks/{channel}/{channel_account}'],
      ['get', '/livez'],
      ['get', '/readyz'],
      ['get', '/metrics'],
      ['get', '/openapi.json'],
      ['get', '/docs'],
      ['get', '/docs/errors/{code}'],
    ] as const)
      expect(body.paths[path][method]).toMatchObject({ security: [] });
    expect(Object.keys(body.paths['/readyz'].get.responses)).toEqual(['200', '503']);
    const [channel] = body.paths['/v1/callbacks/{channel}/{channel_account}'].post.parameters;
    expect(channel.schema.enum).toEqual([...channelSlugs]); // prettier-ignore
  });

  test('has a page that needs no other host', async () => {
    const response = await fetch(`${stack.ready.api}/docs`);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    for (const [, path = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(path).toMatch(/^\/docs\//);
      expect((await fetch(stack.ready.api + path)).status).toBe(200);
    }
  });

  test('has a page for each code that it names', async () => {
    const { body } = await merchant.call('GET', '/openapi.json');
    for (const code of body.components.schemas.Problem.properties.code.enum) {
      const page = await fetch(`${stack.ready.api}/docs/errors/${code}`);
      expect({ code, status: page.status }).toEqual({ code, status: 200 });
      expect(await page.text()).toContain(code);
    }
    expect((await fetch(`${stack.ready.api}/docs/errors/nothing`)).status).toBe(404);
  });
});

describe('health', () => {
  test('is live, ready and measured', async () => {
    expect((await fetch(`${stack.ready.api}/livez`)).status).toBe(200);
    expect((await fetch(`${stack.ready.api}/readyz`)).status).toBe(200);
    await merchant.create();
    const metrics = await (await fetch(`${stack.ready.api}/metrics`)).text();
    expect(metrics).toMatch(/holdfast_http_request_seconds_count\{method="POST",route="\/v1\/payments",status="201"\} 1/); // prettier-ignore
    expect(metrics).not.toMatch(/pay_[0-9a-z]{26}/);
  });
});

describe('a worker', () => {
  test('serves the metrics of Temporal where METRICS_PORT says', async () => {
    await merchant.create();
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/^temporal_workflow_task_schedule_to_start_latency_count\{/m);
    expect(metrics).toContain('task_queue="');
  });
});

describe('the life of a payment', () => {
  test('is said as these settings allow it', async () => {
    const { body } = await merchant.call('GET', '/openapi.json');
    expect(body.components.schemas.CreatePayment.properties.expires_in).toMatchObject({ minimum: 7, maximum: 604_800, default: 1_800 }); // prettier-ignore
    const { status, body: refused } = await merchant.create({ expires_in: 6 });
    expect({ status, code: refused.code }).toEqual({ status: 422, code: 'expires_in_out_of_range' }); // prettier-ignore
    expect(refused.detail).toContain('from 7 to 604800');
    expect((await merchant.create({ expires_in: 7 })).status).toBe(201);
  });
});

describe('the way back of a payer whose merchant named none', () => {
  test('is a page without anything of another host', async () => {
    const response = await fetch(`${stack.ready.api}/return?redirect_status=failed`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await response.text()).toContain('You may close this window');
  });
});

describe('the rate limit', () => {
  test('refuses with Retry-After, counts each key for itself, and is over in a second', async () => {
    const unknown = '/v1/payments/pay_01h45ytscbebyvny4gc8cr8ma2';
    const answers = await Promise.all(Array.from({ length: 100 }, () => merchant.call('GET', unknown))); // prettier-ignore
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'rate_limited', category: 'limit', retryable: true });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await merchant.call('GET', unknown)).status).toBe(404);
  });
});
