import { balance } from '../../src/channels/balance/channel.ts';
import { type BookedOrder, bookRefusals, type Books } from '../../src/channels/books.ts';
import type { Call } from '../../src/channels/channel.ts';
import type { CaptureOrder } from '../../src/channels/order.ts';
import type { RefundOrder } from '../../src/channels/refund.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';

const usd = toCurrency('USD');
const money = { amount: toMinor(100), currency: usd };
const booked = (given: Partial<BookedOrder> = {}): BookedOrder => ({
  id: 'wor_1', ...money, status: 'open', captured: toMinor(0), taken_at: null, held_until: null, ...given,
}); // prettier-ignore
const taken_at = new Date('2026-11-29T10:00:00Z');
const held_until = new Date('2026-12-06T10:00:00Z');

const order: CaptureOrder = {
  ...money, method: 'balance', reference: 'att_1', description: '', expires_at: '2026-11-29T11:00:00Z', notify_url: '',
  channel_key: 'att_1.confirm', handle: 'wor_1', capture: 'automatic', token: null, return_url: null,
  capture_reference: 'cap_1', capture_amount: toMinor(40), captured_before: toMinor(0), is_final: false,
}; // prettier-ignore
const manual = { ...order, capture: 'manual' } as const;
const refund: RefundOrder = {
  ...money, method: 'balance', reference: 'ref_1', receipt_reference: 'wor_1', attempt_reference: 'att_1', receipt_amount: toMinor(100),
  reason: '', notify_url: '', channel_key: 'ref_1', handle: 'wor_1', channel_reference: null,
}; // prettier-ignore

/** A call whose books answer every question and every movement with this. */
function call(answer: unknown): Call<Record<string, never>> {
  const books = new Proxy({}, { get: () => () => Promise.resolve(answer) }) as Books;
  const send = () => Promise.reject(new Error('there is no wire'));
  return { account: {}, send, now: () => new Date(), books };
}
const of = (given: Partial<BookedOrder> = {}) => call({ kind: 'booked', order: booked(given) });

const receipt = { channel_reference: 'wor_1', ...money, paid_at: taken_at.toISOString() };
const hold = { kind: 'held', channel_reference: 'wor_1', held: 100, currency: usd, ends_at: held_until.toISOString() }; // prettier-ignore

describe('what the books say of an order', () => {
  test.each<[string, Partial<BookedOrder>, typeof order, object]>([
    ['open', {}, order, { kind: 'open' }],
    ['closed', { status: 'closed' }, order, { kind: 'closed' }],
    ['paid', { status: 'paid', captured: toMinor(100), taken_at }, order, { kind: 'approved', receipt }],
    ['held', { status: 'held', held_until }, manual, { ...hold, captured: 0, is_over: false }],
    ['held and captured in part', { status: 'held', captured: toMinor(40), held_until }, manual, { ...hold, captured: 40, is_over: false }],
    ['captured', { status: 'paid', captured: toMinor(100), held_until }, manual, { ...hold, captured: 100, is_over: true }],
    ['released', { status: 'closed', held_until }, manual, { kind: 'closed' }],
    ['of another amount', { amount: toMinor(99) }, order, { kind: 'disagrees' }],
    ['of another currency', { currency: toCurrency('EUR') }, order, { kind: 'disagrees' }],
  ])('%s', async (_what, given, asked, said) => {
    expect(await balance.query(of(given), asked)).toMatchObject(said);
  }); // prettier-ignore

  test('is nothing where there is none', async () => {
    expect(await balance.query(call({ kind: 'not_found' }), order)).toEqual({ kind: 'not_found' });
  });
});

test('an order is made by its number, and takes nothing', async () => {
  expect(await balance.create(of(), order)).toEqual({ kind: 'created', handle: 'wor_1' });
});

test('a confirmation says what was taken, or held', async () => {
  const paid = of({ status: 'paid', captured: toMinor(100), taken_at });
  expect(await balance.confirm?.(paid, order)).toEqual({ kind: 'approved', receipt });
  const held = await balance.confirm?.(of({ status: 'held', held_until }), manual);
  expect(held).toEqual({ ...hold, captured: 0, is_over: false });
});

test('a capture says the total of its hold', async () => {
  const part = of({ status: 'held', captured: toMinor(40), held_until });
  expect(await balance.capture?.(part, manual)).toEqual({ ...hold, captured: 40, is_over: false });
});

test('a refund is in the wallet at once', async () => {
  const done = call({ kind: 'refunded', ...money });
  const said = { kind: 'refund', status: 'succeeded', channel_reference: 'ref_1', ...money };
  expect(await balance.refund(done, refund)).toEqual(said);
  expect(await balance.queryRefund(done, refund)).toEqual(said);
  expect(await balance.queryRefund(call({ kind: 'not_found' }), refund)).toEqual({ kind: 'not_found' }); // prettier-ignore
});

test.each(bookRefusals)('%s declines what begins, and has the rest asked about', async (why) => {
  const unmoved = call({ kind: 'refused', why });
  const declined = { kind: 'declined', failure: { channel_code: why, channel_message: expect.any(String) } }; // prettier-ignore
  expect(await balance.create(unmoved, order)).toMatchObject(declined);
  expect(await balance.confirm?.(unmoved, order)).toMatchObject(declined);
  expect(await balance.refund(unmoved, refund)).toMatchObject(declined);
  expect(await balance.capture?.(unmoved, manual)).toEqual({ kind: 'refused', detail: why });
  expect(await balance.close(unmoved, order)).toEqual({ kind: 'refused', detail: why });
});

test.each(['never_sent', 'unknown'])('%s is passed on by every verb that moves something', async (kind) => {
  const ended = { kind, detail: 'away' };
  const verbs = [balance.create, balance.confirm!, balance.close, balance.void!];
  for (const verb of verbs) expect(await verb(call(ended), order)).toEqual(ended);
  expect(await balance.capture?.(call(ended), manual)).toEqual(ended);
  expect(await balance.refund(call(ended), refund)).toEqual(ended);
}); // prettier-ignore

test('nobody calls back, and an account has no settings', () => {
  const { readCallback, parseAccount } = balance;
  expect(readCallback({}, { headers: {}, body: Buffer.from('{}') }, new Date())).toMatchObject({ kind: 'forged' }); // prettier-ignore
  expect(parseAccount({})).toEqual({});
  expect(() => parseAccount({ api_key: 'k' })).toThrow('balance account: api_key: no such member');
});
