import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Held } from '../../src/domain/outcome.ts';
import { paymentObject } from '../../src/domain/payment-object.ts';
import { Bench, cny, noDetails } from '../support/payment.ts';

const day = 86_400_000;
/** The channel's word about the hold of 19.99. */
function held(captured = 0, given: Partial<Held> = {}): Held {
  const ends_at = '2026-12-01T00:00:00.000Z';
  return { kind: 'held', channel_reference: 'pi_1', held: toMinor(1_999), captured: toMinor(captured), currency: cny, ends_at, is_over: false, ...given }; // prettier-ignore
}

/** A card payment whose whole amount is held. */
function holding(): Bench {
  const bench = new Bench({ method: 'card', capture: 'manual' });
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  bench.end('confirm', held());
  return bench;
}

const capture = (bench: Bench, amount: number | null = null, is_final = false) =>
  bench.tell({ kind: 'command', command: { name: 'capture', amount: amount === null ? null : toMinor(amount), is_final } }); // prettier-ignore
const amounts = (bench: Bench) => {
  const shown = paymentObject(bench.payment, noDetails) as Record<string, unknown>;
  return [shown['status'], shown['amount_authorized'], shown['amount_capturable'], shown['amount_captured']]; // prettier-ignore
};

test('a capture that is answered with another hold than ours leaves the outcome unknown, for a person', () => {
  const bench = holding();
  capture(bench, 500);
  bench.end('capture', held(500, { held: toMinor(1_998) }));
  expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
  expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
});

test('a hold that a notice tells without its end is asked about, and shown with it', () => {
  const bench = new Bench({ method: 'card', capture: 'manual' });
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  const url = 'https://hooks.stripe.com/3d_secure/1';
  bench.end('confirm', { kind: 'action_required', next_action: { type: 'redirect', url }, code_ends_at: null }); // prettier-ignore
  bench.callback(held(0, { ends_at: null }));
  expect(bench.payment.status).toBe('requires_action');
  expect(bench.open('query').run_at).toBe(bench.now);
  bench.end('query', held());
  expect(bench.payment.status).toBe('requires_capture');
  expect(bench.attempt.capture_before).toBe(Date.parse('2026-12-01T00:00:00Z'));
  bench.callback(held(500, { ends_at: null })); // its end is known, so this is news by itself
  expect(bench.attempt.frozen).toBe('disagrees');
});

describe('a card payment', () => {
  test('makes its order, keeps its number, and only then confirms', () => {
    const bench = new Bench({ method: 'card' });
    expect(bench.verbs()).toEqual(['create']);
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    expect(bench.attempt).toMatchObject({ handle: 'pi_1', status: 'planned' });
    expect(bench.open('confirm').channel_key).toBe(`${bench.attempt.id}.confirm`);
    const receipt = { channel_reference: 'ch_1', amount: toMinor(1_999), currency: cny, paid_at: '2026-11-24T00:00:05Z' }; // prettier-ignore
    bench.end('confirm', { kind: 'approved', receipt });
    expect(bench.payment).toMatchObject({ status: 'succeeded', outcome: 'known' });
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('whose create was lost makes it again under the same key: no money moved', () => {
    const bench = new Bench({ method: 'card' });
    const first = bench.open('create').channel_key;
    bench.send('create');
    bench.end('create', { kind: 'unknown', detail: 'timeout' });
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'known' });
    expect(bench.open('create').channel_key).toBe(first);
    bench.end('create', { kind: 'unknown', detail: '500', is_stored: true });
    expect(bench.open('create').channel_key).toBe(`${first}.2`);
  });

  test('whose confirmation was lost asks; that it stands open confirms again, a callback that says so does not', () => {
    const bench = new Bench({ method: 'card' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.send('confirm');
    bench.end('confirm', 'silent');
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.callback({ kind: 'open' });
    expect(bench.payment.outcome).toBe('unknown');
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', { kind: 'open' });
    expect(bench.payment.outcome).toBe('unknown');
    expect(bench.open('confirm').channel_key).toBe(`${bench.attempt.id}.confirm`);
  });

  test.each([
    ['held', held(), 'requires_capture'],
    ['action_required', { kind: 'action_required', next_action: { type: 'redirect', url: 'https://bank.example' }, code_ends_at: null }, 'requires_action'],
  ] as const)('F8: a lost answer to the confirmation does not undo the callback that said %s', (_kind, said, status) => {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.send('confirm');
    bench.callback(said);
    expect(bench.payment).toMatchObject({ status, outcome: 'known' });
    bench.end('confirm', { kind: 'unknown', detail: '500' });
    expect(bench.payment).toMatchObject({ status, outcome: 'known' });
  }); // prettier-ignore

  test('given up before its order has a number needs no channel to end', () => {
    const bench = new Bench({ method: 'card' });
    bench.send('create');
    bench.end('create', { kind: 'unknown', detail: 'timeout' });
    bench.cancel();
    expect(bench.payment.status).toBe('canceled');
  });
});

describe('a hold', () => {
  test('waits for a capture, beyond the end of the payer’s time', () => {
    const bench = holding();
    expect(amounts(bench)).toEqual(['requires_capture', 1_999, 1_999, 0]);
    bench.expire();
    expect(amounts(bench)).toEqual(['requires_capture', 1_999, 1_999, 0]);
    expect(bench.verbs()).toEqual([]);
    expect(bench.balance('merchant_payable')).toBe(0);
  });

  test('captured whole is succeeded', () => {
    const bench = holding();
    capture(bench);
    const key = bench.open('capture').channel_key;
    expect(key).toBe(bench.payment.captures[0]!.id);
    bench.end('capture', held(1_999, { is_over: true, ends_at: null }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 1_999]);
    expect(bench.balance('merchant_payable')).toBe(-1_999);
    expect(bench.verbs()).toEqual([]);
  });

  test('captured in parts stays partially captured until the last', () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', held(500));
    expect(amounts(bench)).toEqual(['partially_captured', 1_999, 1_499, 500]);
    capture(bench, 400);
    bench.end('capture', held(900));
    expect(amounts(bench)).toEqual(['partially_captured', 1_999, 1_099, 900]);
    capture(bench);
    bench.end('capture', held(1_999, { is_over: true }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 1_999]);
    expect(bench.payment.captures.map((one) => one.amount)).toEqual([500, 400, 1_099]);
    expect(bench.postings.map((posting) => posting.reason)).toEqual(['captured', 'captured', 'captured']); // prettier-ignore
  });

  test('captured finally for less gives the rest back', () => {
    const bench = holding();
    capture(bench, 500, true);
    bench.end('capture', held(500, { is_over: true }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 500]);
  });

  test('that a channel still keeps after a final capture is released', () => {
    const bench = holding();
    capture(bench, 500, true);
    bench.end('capture', held(500));
    bench.end('query', held(500));
    bench.end('void', { kind: 'closed' });
    bench.end('query', held(500, { is_over: true }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 500]);
  });

  test('refuses more than is left, a second capture beside the first, and anything after the end', () => {
    const bench = holding();
    expect(capture(bench, 2_000).refused?.code).toBe('capture_exceeds_authorized');
    capture(bench, 500);
    expect(capture(bench, 500).refused?.code).toBe('capture_in_progress');
    expect(bench.cancel().refused?.code).toBe('capture_in_progress');
    bench.send('capture');
    bench.end('capture', { kind: 'unknown', detail: 'timeout' });
    expect(bench.payment.outcome).toBe('unknown');
    expect(capture(bench, 500).refused?.code).toBe('payment_outcome_unknown');
    expect(bench.cancel().refused?.code).toBe('payment_outcome_unknown');
    bench.end('query', held(500));
    capture(bench);
    bench.end('capture', held(1_999, { is_over: true }));
    expect(capture(bench, 1).refused?.code).toBe('payment_not_capturable');
  });

  test('whose capture was lost is asked, and captured again under its key when it did not happen so far', () => {
    const bench = holding();
    capture(bench, 500);
    bench.send('capture');
    bench.end('capture', { kind: 'unknown', detail: 'timeout' });
    bench.callback(held(0)); // an old word proves nothing
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', held(0));
    expect(bench.open('capture').channel_key).toBe(bench.payment.captures[0]!.id);
    bench.end('capture', held(500));
    expect(amounts(bench)).toEqual(['partially_captured', 1_999, 1_499, 500]);
  });

  test('whose resend is answered with a stored failure is captured under the next key, once nothing can happen any more', () => {
    const bench = holding();
    capture(bench, 500);
    const key = bench.open('capture').channel_key;
    bench.send('capture');
    bench.end('capture', { kind: 'unknown', detail: '500' });
    bench.end('query', held(0));
    bench.send('capture');
    bench.end('capture', { kind: 'unknown', detail: '500 again', is_stored: true });
    expect(bench.open('query')).toMatchObject({ awaits: 'answer', settles_at: expect.any(Number) });
    bench.end('query', held(0));
    expect(bench.open('capture').channel_key).toBe(`${key}.2`);
  });

  test('whose capture is declined is still held', () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', { kind: 'declined', failure: { code: 'processing_error', message: '', advice: 'retry_later', channel_code: null, channel_message: null, retryable: true } }); // prettier-ignore
    expect(bench.payment.captures[0]).toMatchObject({ status: 'failed' });
    expect(amounts(bench)).toEqual(['requires_capture', 1_999, 1_999, 0]);
  });

  test('canceled is given back: nothing was taken', () => {
    const bench = holding();
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
    bench.end('query', held());
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(amounts(bench)).toEqual(['canceled', 0, 0, 0]);
    expect(bench.payment.cancellation_reason).toBe('requested');
  });

  test('whose money is taken after it was released is late money, once', () => {
    const bench = holding();
    bench.cancel();
    bench.end('query', held());
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    for (let times = 0; times < 2; times += 1) bench.callback(held(1_999, { is_over: true }));
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true, cases: [] });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late', amount: 1_999, receipt_reference: 'pi_1' }]);
    expect(amounts(bench)).toEqual(['canceled', 0, 0, 0]);
    expect(bench.balance('payer_payable')).toBe(-1_999);
  }); // prettier-ignore

  test('canceled when a part was captured is succeeded with that part', () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', held(500));
    bench.cancel();
    bench.end('query', held(500));
    bench.end('void', { kind: 'closed' });
    bench.end('query', held(500, { is_over: true }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 500]);
    expect(bench.payment.cancellation_reason).toBeNull();
  });

  test('is released before the channel would let it go', () => {
    const bench = holding();
    bench.now += 7 * day;
    bench.now = Date.parse('2026-12-01T00:00:00Z') - 3_600_000;
    bench.tell({ kind: 'due', what: 'hold' });
    bench.end('query', held());
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
  });

  test('about to run out is still captured when that was asked for before, and then released', () => {
    const bench = holding();
    capture(bench, 500);
    const [asked] = bench.openOperations();
    bench.now = Date.parse('2026-12-01T00:00:00Z') - 3_600_000;
    for (const what of ['hold', 'anything']) bench.tell({ kind: 'due', what });
    expect(bench.openOperations()).toEqual([asked]);
    bench.end('capture', held(500));
    bench.end('query', held(500));
    bench.end('void', { kind: 'closed' });
    bench.end('query', held(500, { is_over: true }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 500]);
  });

  test.each(['notice', 'question'])('that somebody gave back at the channel ends the payment, by a %s', (by) => {
    const bench = holding();
    if (by === 'notice') bench.callback({ kind: 'closed' });
    else {
      bench.tell({ kind: 'command', command: { name: 'sync' } });
      bench.end('query', { kind: 'closed' });
    }
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
    expect(bench.verbs()).toEqual([]);
  }); // prettier-ignore

  test('that ran out by itself ends the payment', () => {
    const bench = holding();
    bench.callback(held(0, { is_over: true }));
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
  });

  test('of another amount, or captured by somebody else, is for a person', () => {
    const other = holding();
    other.callback(held(700));
    expect(other.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    expect(other.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
    expect(other.balance('merchant_payable')).toBe(0);
  });

  test('told of in the wrong order is the same hold', () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', held(500));
    bench.callback(held(0));
    bench.callback({ kind: 'pending' });
    expect(amounts(bench)).toEqual(['partially_captured', 1_999, 1_499, 500]);
  });
});

describe('a capture that fails says why', () => {
  const why = failureOf('channel_unavailable', { code: 'resource_missing', message: 'No such payment_intent' }); // prettier-ignore

  test('when the channel declines it: in its words, and it may be asked for again', () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', { kind: 'declined', failure: why });
    expect(paymentObject(bench.payment, noDetails)).toMatchObject({
      status: 'requires_capture',
      captures: [{ status: 'failed', failure: why }],
    });
    expect(capture(bench, 500).refused).toBeUndefined();
    bench.end('capture', held(500));
    expect(bench.payment.captures.map((one) => one.failure)).toEqual([why, null]);
  });

  test('when its hold has ended meanwhile', () => {
    const bench = holding();
    capture(bench, 500);
    bench.callback(held(0, { is_over: true }));
    expect(bench.payment.captures).toMatchObject([
      { status: 'failed', failure: { channel_message: 'the hold has ended before it' } },
    ]); // prettier-ignore
  });
});

describe('a conflict about a hold', () => {
  const disagreeing = () => {
    const bench = holding();
    capture(bench, 500);
    bench.end('capture', held(700));
    expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
    return bench;
  };

  test('is over when the hold ends with what was counted of it: nobody need decide', () => {
    const bench = disagreeing();
    bench.callback(held(0, { is_over: true }));
    expect(bench.payment).toMatchObject({ status: 'canceled', outcome: 'known' });
    expect(bench.payment.cases).toMatchObject([
      { status: 'resolved', decision: null, reason: 'the hold has ended, with what was counted of it' },
    ]); // prettier-ignore
  });

  test('refuses another capture as long as it is open: what was taken is unknown', () => {
    const bench = disagreeing();
    bench.callback(held(500));
    expect(bench.attempt).toMatchObject({ status: 'held', frozen: 'disagrees' });
    expect(capture(bench, 100).refused).toMatchObject({ code: 'payment_outcome_unknown' });
  });

  test('itself, decided as paid, vouches for the hold: nothing was captured, and it can be', () => {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.end('confirm', held(0, { held: toMinor(1_998) }));
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision: 'treat_as_paid', reason: 'looked' } }); // prettier-ignore
    expect(amounts(bench)).toEqual(['requires_capture', 1_999, 1_999, 0]);
    expect(bench.balance('merchant_payable')).toBe(0);
    expect(capture(bench).refused).toBeUndefined();
  });

  test.each([
    ['all of it', held(1_999, { is_over: true })],
    ['a part of it, and the rest given back', held(500, { is_over: true })],
  ])('decided as paid, vouches for the amount when the channel has told that it took %s', (_what, said) => {
    const bench = holding();
    bench.callback(said);
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision: 'treat_as_paid', reason: 'looked' } });
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 1_999]);
    bench.callback(said);
    expect(bench.payment.cases).toHaveLength(1);
  }); // prettier-ignore

  test('vouched for after another had been judged unpaid is not given back any more', () => {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.end('confirm', held(0, { held: toMinor(1_998) }));
    const resolve = (decision: 'treat_as_paid' | 'treat_as_unpaid') =>
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases.at(-1)!.id, decision, reason: 'looked' } }); // prettier-ignore
    resolve('treat_as_unpaid');
    bench.end('query', held(0, { currency: 'USD' as typeof cny }));
    resolve('treat_as_paid');
    expect(amounts(bench)).toEqual(['requires_capture', 1_999, 1_999, 0]);
    expect(bench.verbs()).toEqual([]);
    expect(bench.attempt.capture_before).toBe(Date.parse('2026-12-01T00:00:00Z'));
  });

  test('decided as paid after the capture was told leaves the rest to the merchant, who can take it', () => {
    const bench = disagreeing();
    bench.callback(held(500));
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision: 'treat_as_paid', reason: 'looked' } }); // prettier-ignore
    expect(amounts(bench)).toEqual(['partially_captured', 1_999, 1_499, 500]);
    expect(capture(bench, null).refused).toBeUndefined();
    bench.end('capture', held(1_999, { is_over: true }));
    expect(amounts(bench)).toEqual(['succeeded', 1_999, 0, 1_999]);
  });

  test('stays when it ends with money that nobody asked for', () => {
    const bench = disagreeing();
    bench.callback(held(700, { is_over: true }));
    expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
    expect(bench.payment.outcome).toBe('unknown');
  });
});
