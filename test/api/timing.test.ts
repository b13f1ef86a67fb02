import { launch, type Launched } from '../support/launcher.ts';
import { Merchant, type Reply } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch({ CHANNEL_TIMEOUT_MS: '5000' });
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

/** The `Server-Timing` of an answer, in milliseconds by name. */
function timingOf(headers: Headers): Record<string, number> {
  const header = headers.get('server-timing') ?? '';
  const entries = [...header.matchAll(/(\w+);dur=(\d+(?:\.\d+)?)/g)];
  return Object.fromEntries(entries.map(([, name, ms]) => [name, Number(ms)]));
}

async function timed(call: () => Promise<Reply>) {
  const began = performance.now();
  const reply = await call();
  return { ...reply, ms: performance.now() - began, timing: timingOf(reply.headers) };
}

const slow = (operation: string, delay_ms: number, given: object = {}) =>
  merchant.fault(operation, 'slow', { delay_ms, ...given });

describe('Server-Timing', () => {
  test('tells the time that the channel took for a create from our own', async () => {
    await slow('create', 1_500);
    const { timing, ms } = await timed(() => merchant.create());
    expect(timing['channel']).toBeGreaterThanOrEqual(1_495);
    expect(timing['channel']! + timing['own']! + timing['wait']!).toBeLessThanOrEqual(ms + 1);
    expect(timing['own']).toBeGreaterThan(1);
    expect(timing['wait']).toBe(0);
  });

  test('adds up the calls of a card payment, refunds them apart', async () => {
    await slow('any', 600, { channel: 'stripe' }); // the order is made, then confirmed
    const card = { type: 'card', token: 'tok_ok' };
    const made = await timed(() => merchant.create({ method: card, currency: 'EUR' }));
    expect(made.timing['channel']).toBeGreaterThanOrEqual(1_195);
    expect(made.body.status).toBe('succeeded');
    const refunded = await timed(() => merchant.refund(made.body.id, { amount: 1 }));
    expect(refunded.timing['channel']).toBeGreaterThanOrEqual(595);
    expect(refunded.timing['channel']).toBeLessThan(refunded.ms);
  });

  test('counts what the channel took for a command that its state then refused', async () => {
    const { body } = await merchant.create();
    await merchant.fault('callback', 'drop');
    await slow('query', 700);
    await merchant.payer(body, 'pay');
    const { status, timing } = await timed(() => merchant.cancel(body.id));
    expect(status).toBe(409);
    expect(timing['channel']).toBeGreaterThanOrEqual(695);
  });

  test('counts nothing of a channel that was not asked', async () => {
    const { body } = await merchant.create({ order_no: 'A-1' }, 'told-once');
    expect(body.status).toBe('requires_action');
    const { timing, ...again } = await timed(() =>
      merchant.create({ order_no: 'A-1' }, 'told-once'),
    );
    expect(again.body.id).toBe(body.id);
    expect(timing).toMatchObject({ channel: 0, wait: 0 });
    expect(timing['own']).toBeGreaterThan(0);
  });

  test('names the wait that a reader asked for', async () => {
    const { body } = await merchant.create();
    const read = (query: string) => timed(() => merchant.call('GET', `/v1/payments/${body.id}${query}`)); // prettier-ignore
    const { timing } = await read(`?wait=2&after_sequence=${Number(body.sequence) + 100}`);
    expect(timing['wait']).toBeGreaterThanOrEqual(1_990);
    expect(timing['own']).toBeLessThan(1_000);
    expect((await read('')).timing).toMatchObject({ channel: 0, wait: 0 });
  });

  test.each([
    ['GET', '/livez'],
    ['GET', '/nowhere'],
    ['GET', '/metrics'],
    ['GET', '/docs'],
    ['PUT', '/v1/payments'],
    ['POST', '/v1/payments'],
    ['POST', '/v1/callbacks/stripe/cha_nobody'],
  ])('stands on the answer to %s %s', async (method, path) => {
    const { headers } = await fetch(stack.ready.api + path, { method });
    expect(headers.get('server-timing')).toMatch(
      /^own;dur=\d+(\.\d+)?, channel;dur=0, wait;dur=0$/,
    );
  });
});
