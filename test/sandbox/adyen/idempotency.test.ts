import { pause } from '../callback-receiver.ts';
import { freshNumber } from '../merchant.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const under = (key: string) => ({ 'Idempotency-Key': key });
const pay = (asked: object, key: string) => shop.call('/payments', asked, under(key));
const booked = ({ reference }: any) => shop.transaction({ merchantReference: reference });

test('who repeats a request under its key is told the same, and nothing is done twice', async () => {
  const asked = shop.payment();
  const first = await pay(asked, 'one');
  const again = await pay(asked, 'one');
  expect(again).toMatchObject({ status: 200, body: first.body });
  expect(again.headers.get('idempotency-key')).toBe('one');
  expect(await booked(asked)).toMatchObject({ paid_count: 1, captured: 1999 });
  expect(await shop.violations()).toEqual([]);
});

test('a refusal is told again, too: the card is not tried twice', async () => {
  const asked = shop.payment('tok_declined');
  const first = await pay(asked, 'refused');
  expect((await pay(asked, 'refused')).body).toEqual(first.body);
});

test.each(['captures', 'refunds'] as const)('%s are received once under a key', async (what) => {
  const payment = what === 'captures' ? await shop.held() : await shop.paid();
  const asked = { amount: { currency: 'EUR', value: 500 }, reference: freshNumber('mod') };
  const send = () => shop.modify(payment, what, asked, under(`${what}-once`));
  const [first, again] = [await send(), await send()];
  expect(again.body.pspReference).toBe(first.body.pspReference);
  const so = what === 'captures' ? { captured: 500 } : { refunded: 500 };
  await shop.becomes(payment, so);
  expect((await shop.transaction(payment)).refunds).toHaveLength(what === 'refunds' ? 1 : 0);
});

test('what came of a redirect is told again under the key that asked', async () => {
  const payment = await shop.paid('tok_3ds');
  const result = await shop.authenticated(payment);
  const first = await shop.details(result, under('details'));
  expect((await shop.details(result, under('details'))).body).toEqual(first.body);
  expect(await shop.transaction(payment)).toMatchObject({ paid_count: 1 });
});

test('another request under the key is 704 and a violation', async () => {
  const asked = shop.payment();
  await pay(asked, 'two');
  const { status, body, headers } = await pay(shop.payment(), 'two');
  expect(status).toBe(422);
  expect(body).toMatchObject({ errorCode: '704', errorType: 'validation' });
  expect(headers.get('transient-error')).toBeNull();
  expect(await shop.violations()).toMatchObject([{ rule: 'idempotency_key_reused' }]);
});

test('while the first one is being worked on it is 704, and may be asked again', async () => {
  await shop.fault('create', 'slow', { count: 1, delay_ms: 2_000 }); // a busy machine lets the second wait, too
  const asked = shop.payment();
  const first = pay(asked, 'three');
  await pause(300);
  const { status, body, headers } = await pay(asked, 'three');
  expect([status, body.errorCode]).toEqual([422, '704']);
  expect(headers.get('transient-error')).toBe('true');
  await first;
  expect((await pay(asked, 'three')).body).toEqual((await first).body);
  expect(await booked(asked)).toMatchObject({ paid_count: 1 });
});

test.each([
  ['http_500_before_commit', 500],
  ['rate_limit', 429],
])('%s leaves the key new, and says so', async (fault, status) => {
  await shop.fault('create', fault, { count: 1 });
  const asked = shop.payment();
  const answer = await pay(asked, fault);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('transient-error')).toBe('true');
  expect((await pay(asked, fault)).body.resultCode).toBe('Authorised');
  expect(await booked(asked)).toMatchObject({ paid_count: 1 });
});

test('a request that made no sense leaves the key new', async () => {
  const asked = shop.payment();
  expect((await pay({ ...asked, amount: undefined }, 'four')).status).toBe(422);
  expect((await pay(asked, 'four')).status).toBe(200);
});

test('a key outlives kill -9, and is forgotten after seven days', async () => {
  const asked = shop.payment();
  const first = await pay(asked, 'five');
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  expect((await pay(asked, 'five')).body).toEqual(first.body);
  const week = { advance_ms: 7 * 86_400_000 + 1_000 };
  await shop.sandbox.call('POST', '/control/clock', week);
  expect((await pay(asked, 'five')).body).not.toEqual(first.body);
  expect(await booked(asked)).toMatchObject({ paid_count: 2 });
});

test('a key has at most 64 characters, and who gives none is noted', async () => {
  expect((await pay(shop.payment(), 'x'.repeat(64))).status).toBe(200);
  expect((await pay(shop.payment(), 'x'.repeat(65))).status).toBe(422);
  const asked = shop.payment();
  expect((await pay(asked, '')).status).toBe(200);
  expect(await shop.violations()).toMatchObject([
    { rule: 'missing_idempotency_key', reference: asked.reference },
  ]);
});
