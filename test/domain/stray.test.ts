import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Held, QueryAnswer } from '../../src/domain/outcome.ts';
import { Bench, choiceOf, cny, paid } from '../support/payment.ts';

const own = 'pi_1';
const stray = 'pi_2';
const page: QueryAnswer = { kind: 'action_required', next_action: { type: 'redirect', url: 'https://bank.example' }, code_ends_at: null }; // prettier-ignore
const paidUnder = (channel_reference: string) => paid({ channel_reference });
const says = (bench: Bench, order: string, answer: QueryAnswer) =>
  bench.tell({ kind: 'evidence', about: 'attempt', reference: bench.attempt.id, order, answer });

/** A card payment that waits for its payer. */
function waiting(): Bench {
  const bench = new Bench({ method: 'card' });
  bench.end('create', { kind: 'created', handle: own });
  bench.end('confirm', page);
  return bench;
}

function paidByCard(): Bench {
  const bench = waiting();
  says(bench, own, paidUnder(own));
  return bench;
}

/** The open question about the stray. */
const asked = (bench: Bench) => bench.openOperations().filter((op) => op.stray === stray);
const answer = (bench: Bench, told: QueryAnswer) =>
  bench.tell({ kind: 'outcome', operation: asked(bench)[0]!.id, answer: told });

describe('a callback about an order that is not the attempt’s own', () => {
  test('is not believed: the channel is asked about that very order', () => {
    const bench = waiting();
    says(bench, stray, paidUnder(stray));
    says(bench, stray, paidUnder(stray));
    expect(bench.payment).toMatchObject({ status: 'requires_action', outcome: 'known' });
    expect(asked(bench)).toHaveLength(1);
    expect(bench.postings).toEqual([]);
  });

  test.each<QueryAnswer>([
    { kind: 'not_found' },
    { kind: 'open' },
    { kind: 'pending' },
    { kind: 'closed' },
    { kind: 'disagrees', detail: 'it bears another reference' },
    { kind: 'unknown', detail: '500 for 30 days' },
  ])('of which the channel says $kind means nothing to the attempt', (told) => {
    const bench = waiting();
    const before = bench.payment;
    says(bench, stray, paidUnder(stray));
    answer(bench, told);
    expect(asked(bench)).toEqual([]);
    expect({ ...bench.payment, sequence: 0, attempts: [], updated_at: 0 }).toEqual({ ...before, sequence: 0, attempts: [], updated_at: 0 }); // prettier-ignore
    expect({ ...bench.attempt, operations: [] }).toEqual({ ...before.attempts[0], operations: [] });
  });

  test('may say what it wants of amounts: the channel is asked all the same', () => {
    const bench = waiting();
    says(bench, stray, { kind: 'disagrees', detail: 'says 1' });
    expect(asked(bench)).toHaveLength(1);
  });

  test('leaves the attempt’s own questions and calls alone', () => {
    const bench = waiting();
    bench.cancel();
    says(bench, stray, paidUnder(stray));
    bench.end('query', page);
    expect(bench.verbs()).toEqual(['query', 'close']);
    expect(asked(bench)).toHaveLength(1);
  });

  test('that took money twice is a duplicate, once', () => {
    const bench = paidByCard();
    says(bench, stray, paidUnder(stray));
    answer(bench, paidUnder(stray));
    says(bench, stray, paidUnder(stray));
    expect(asked(bench)).toEqual([]);
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: stray }]); // prettier-ignore
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('pays the order when the attempt’s own is over, and can take nothing any more', () => {
    const bench = waiting();
    const failure = failureOf('card_declined', { code: 'x', message: null });
    says(bench, own, { kind: 'declined', failure });
    expect(bench.payment.status).toBe('requires_payment_method');
    says(bench, stray, paidUnder(stray));
    answer(bench, paidUnder(stray));
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
  });

  test('is the attempt’s own when the number of its own was never heard', () => {
    const bench = new Bench({ method: 'card' });
    bench.send('create');
    bench.end('create', { kind: 'unknown', detail: 'timeout' });
    says(bench, stray, paidUnder(stray));
    expect(bench.payment.status).toBe('processing');
    answer(bench, paidUnder(stray));
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
    expect(bench.attempt).toMatchObject({ handle: stray, status: 'paid' });
  });

  test('of a channel that has no numbers of its own is believed as ever', () => {
    const bench = new Bench();
    bench.callback(paid());
    expect(bench.payment.status).toBe('succeeded');
  });
});

/** The channel's word about the hold of 19.99. */
const held = (captured = 0, is_over = false): Held => ({ kind: 'held', channel_reference: own, held: toMinor(1_999), captured: toMinor(captured), currency: cny, ends_at: null, is_over }); // prettier-ignore
const capture = (bench: Bench, amount: number, is_final = false) =>
  bench.tell({ kind: 'command', command: { name: 'capture', amount: toMinor(amount), is_final } });

function holding(): Bench {
  const bench = new Bench({ method: 'card', capture: 'manual' });
  bench.end('create', { kind: 'created', handle: own });
  bench.end('confirm', held());
  return bench;
}

/** The payer was charged under a second order, and the channel says so. */
function chargedBeside(bench: Bench): void {
  says(bench, stray, paidUnder(stray));
  answer(bench, paidUnder(stray));
  expect(bench.payment.refunds).toMatchObject([{ amount: 1_999, receipt_reference: stray }]);
  expect(bench.balance('payer_payable')).toBe(-1_999);
}

describe('a charge beside an order that may still take or hold money goes back', () => {
  test('and a hold stays a hold', () => {
    const bench = holding();
    chargedBeside(bench);
    expect(bench.payment).toMatchObject({ status: 'requires_capture', paid_by: null, late: false });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate' }]);
    capture(bench, 1_999);
    bench.end('capture', held(1_999, true));
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('and a hold that was captured in part stays so', () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', held(500));
    chargedBeside(bench);
    expect(bench.payment.status).toBe('partially_captured');
    expect(bench.balance('merchant_payable')).toBe(-500);
  });

  test('and a capture under way is counted as ever', () => {
    const bench = holding();
    capture(bench, 500);
    bench.send('capture');
    chargedBeside(bench);
    bench.end('capture', held(500));
    expect(bench.payment.status).toBe('partially_captured');
    expect(bench.balance('merchant_payable')).toBe(-500);
  });

  test('and a hold that is being released is released', () => {
    const bench = holding();
    bench.cancel();
    chargedBeside(bench);
    expect(bench.payment).toMatchObject({
      status: 'canceling',
      refunds: [{ origin: 'duplicate' }],
    });
    bench.end('query', held());
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment).toMatchObject({ status: 'canceled', late: false });
    expect(bench.balance('merchant_payable')).toBe(0);
  });

  test('and a confirmation that was lost, which may hold, is asked about as ever', () => {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: own });
    bench.send('confirm');
    bench.end('confirm', { kind: 'unknown', detail: 'timeout' });
    chargedBeside(bench);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.end('query', held());
    expect(bench.payment.status).toBe('requires_capture');
  });

  test('captured by somebody else under a manual capture too, but not one that only holds', () => {
    const bench = holding();
    says(bench, stray, held());
    answer(bench, { ...held(), channel_reference: stray });
    expect(bench.payment.refunds).toEqual([]);
    says(bench, stray, held(1_999, true));
    answer(bench, { ...held(1_999, true), channel_reference: stray });
    expect(bench.payment).toMatchObject({ status: 'requires_capture', refunds: [{ origin: 'duplicate', receipt_reference: stray }] }); // prettier-ignore
  });

  test('unless ours can take none any more: then it is late money', () => {
    const bench = holding();
    bench.cancel();
    bench.end('query', held());
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    chargedBeside(bench);
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true, refunds: [{ origin: 'late' }] }); // prettier-ignore
  });
});

describe('a hold that is released', () => {
  test('and then paid anew before anybody has asked pays: the payer was faster', () => {
    const bench = holding();
    bench.cancel();
    bench.end('query', held());
    bench.end('void', { kind: 'closed' });
    bench.end('query', held(1_999, true));
    expect(bench.payment).toMatchObject({ status: 'succeeded', cases: [], refunds: [] });
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });
});

describe('an earlier attempt that is paid after all', () => {
  /** The first card was declined; the second one's hold is being captured. */
  function capturing(): Bench {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: own });
    const failure = failureOf('card_declined', { code: null, message: null });
    bench.end('confirm', { kind: 'declined', failure });
    bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('card') } });
    bench.end('create', { kind: 'created', handle: 'pi_b' });
    bench.end('confirm', { ...held(), channel_reference: 'pi_b' });
    capture(bench, 1_999);
    return bench;
  }

  test('has a capture that left sent back', () => {
    const bench = capturing();
    bench.send('capture');
    says(bench, own, paidUnder(own));
    bench.end('capture', { ...held(1_999, true), channel_reference: 'pi_b' });
    const [taken] = bench.payment.captures;
    expect(bench.payment).toMatchObject({ status: 'succeeded', paid_by: bench.attempt.id, refunds: [{ origin: 'duplicate', receipt_reference: taken!.id }] }); // prettier-ignore
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('has a capture that has not left dropped, and the hold released', () => {
    const bench = capturing();
    says(bench, own, paidUnder(own));
    expect(bench.payment.captures).toMatchObject([{ status: 'failed' }]);
    bench.end('query', { ...held(), channel_reference: 'pi_b' });
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.verbs()).toEqual([]);
    expect(bench.payment.attempts.map((one) => one.status)).toEqual(['paid', 'closed']);
  });
});

test('a charge of a card that was declined for a hold pays the order', () => {
  const bench = new Bench({ method: 'card', capture: 'manual' });
  bench.end('create', { kind: 'created', handle: own });
  bench.end('confirm', { kind: 'declined', failure: failureOf('card_declined', { code: null, message: null }) }); // prettier-ignore
  says(bench, own, held(1_999, true));
  expect(bench.payment).toMatchObject({ status: 'succeeded', cases: [] });
  expect(bench.balance('merchant_payable')).toBe(-1_999);
});

test('a hold that turns up on an earlier attempt does not live beside the attempt of today', () => {
  const bench = new Bench({ method: 'card', capture: 'manual' });
  bench.send('create');
  bench.end('create', { kind: 'unknown', detail: 'timeout' });
  says(bench, stray, held());
  bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('card') } });
  bench.end('create', { kind: 'unknown', detail: 'timeout again' });
  answer(bench, { ...held(), channel_reference: stray });
  expect(bench.payment.attempts.map((one) => one.status)).toEqual(['closed', 'planned']);
  says(bench, stray, held(1_999, true)); // captured by somebody else: money as any other
  expect(bench.payment).toMatchObject({
    status: 'succeeded',
    paid_by: bench.attempt.id,
    cases: [],
  });
});
