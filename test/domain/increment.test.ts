import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Held } from '../../src/domain/outcome.ts';
import { paymentObject } from '../../src/domain/payment-object.ts';
import { Bench, choiceOf, cny, noDetails, paid } from '../support/payment.ts';

/** The channel's word about a hold of so much. */
function held(amount = 1_999, given: Partial<Held> = {}): Held {
  const ends_at = '2026-12-01T00:00:00.000Z';
  return { kind: 'held', channel_reference: 'pi_1', held: toMinor(amount), captured: toMinor(0), currency: cny, ends_at, is_over: false, ...given }; // prettier-ignore
}

/** A card payment whose whole amount is held. */
function holding(method = 'card'): Bench {
  const bench = new Bench({ method, capture: 'manual' });
  if (method === 'card') bench.end('create', { kind: 'created', handle: 'pi_1' });
  else {
    const redirect = { type: 'redirect', url: 'https://channel.example' } as const;
    bench.end('create', { kind: 'action_required', handle: 'pi_1', next_action: redirect, code_ends_at: null }); // prettier-ignore
    bench.callback({ kind: 'agreed' });
  }
  bench.end('confirm', held());
  return bench;
}

const increment = (bench: Bench, amount = 2_500) =>
  bench.tell({ kind: 'command', command: { name: 'increment', amount: toMinor(amount) } });
const capture = (bench: Bench, amount: number | null = null) =>
  bench.tell({ kind: 'command', command: { name: 'capture', amount: amount === null ? null : toMinor(amount), is_final: false } }); // prettier-ignore
const shown = (bench: Bench) => paymentObject(bench.payment, noDetails) as Record<string, any>;
const declined = {
  kind: 'declined',
  failure: failureOf('insufficient_funds', { code: 'insufficient_funds', message: null }),
} as const;
const lost = { kind: 'unknown', detail: 'timeout' } as const;

/** An increment that left and was not answered. */
function doubtful(): Bench {
  const bench = holding();
  increment(bench);
  bench.send('increment');
  bench.end('increment', lost);
  return bench;
}

describe('an increment', () => {
  test('raises what is held, and what the payment is of, when the channel says so and not before', () => {
    const bench = holding();
    increment(bench);
    expect(shown(bench)).toMatchObject({ amount: 1_999, amount_authorized: 1_999, increments: [{ amount: 2_500, previous_amount: 1_999, status: 'processing' }] }); // prettier-ignore
    bench.end('increment', held(2_500));
    expect(shown(bench)).toMatchObject({
      status: 'requires_capture',
      outcome: 'known',
      amount: 2_500,
      amount_authorized: 2_500,
      amount_capturable: 2_500,
      attempts: [{ amount: 2_500 }],
      increments: [{ amount: 2_500, status: 'succeeded', failure: null }],
    });
    capture(bench);
    bench.end('capture', held(2_500, { captured: toMinor(2_500), is_over: true }));
    expect(shown(bench)).toMatchObject({ status: 'succeeded', amount_captured: 2_500 });
    expect(bench.balance('channel_clearing')).toBe(2_500);
  });

  test('that the payer’s bank declines leaves the hold as it was, with the reason', () => {
    const bench = holding();
    increment(bench);
    bench.end('increment', declined);
    expect(shown(bench)).toMatchObject({
      status: 'requires_capture',
      outcome: 'known',
      amount: 1_999,
      amount_capturable: 1_999,
      failure: null,
      increments: [{ status: 'failed', failure: { code: 'insufficient_funds' } }],
    });
    expect(bench.openOperations()).toEqual([]);
  });

  test('after another has a key of its own and its own patience', () => {
    const bench = holding();
    increment(bench);
    bench.end('increment', declined);
    increment(bench, 2_200);
    const [first, second] = bench.attemptOperations().filter(({ verb }) => verb === 'increment');
    expect(second!.channel_key).not.toBe(first!.channel_key);
    expect(second!.run_at).toBe(bench.now);
  });

  test('that was lost makes the outcome unknown, and the hold is left alone until the channel has said', () => {
    const bench = doubtful();
    expect(shown(bench)).toMatchObject({ status: 'requires_capture', outcome: 'unknown' });
    for (const refused of [increment(bench), capture(bench), bench.cancel()])
      expect(refused.refused?.code).toBe('payment_outcome_unknown');
    bench.end('query', held(2_500));
    expect(shown(bench)).toMatchObject({ outcome: 'known', amount: 2_500, amount_capturable: 2_500 }); // prettier-ignore
  });

  test('that was lost and of which the channel knows nothing is sent again under the same key', () => {
    const bench = doubtful();
    const [first] = bench.attemptOperations().filter(({ verb }) => verb === 'increment');
    bench.end('query', held());
    expect(bench.open('increment').channel_key).toBe(first!.channel_key);
  });

  test('that is declined when it is sent again may have been executed before: the channel is asked', () => {
    const bench = doubtful();
    bench.end('query', held());
    bench.send('increment');
    bench.end('increment', declined);
    expect(shown(bench)).toMatchObject({ outcome: 'unknown', increments: [{ status: 'processing' }] }); // prettier-ignore
    bench.end('query', held(2_500));
    expect(shown(bench)).toMatchObject({ outcome: 'known', amount: 2_500 });
  });

  test('is told by a notice before its answer, and what was true before it changes nothing afterwards', () => {
    const bench = holding();
    increment(bench);
    bench.send('increment');
    bench.callback(held(2_500));
    bench.callback(held(1_999)); // sent before it was raised, and slow
    bench.end('increment', lost);
    expect(shown(bench)).toMatchObject({ status: 'requires_capture', outcome: 'known', amount: 2_500 }); // prettier-ignore
    expect(bench.payment.cases).toEqual([]);
  });

  test('that nobody asked for is no word of ours: a person decides', () => {
    const bench = holding();
    bench.callback(held(2_500));
    expect(bench.payment).toMatchObject({ outcome: 'unknown', cases: [{ kind: 'conflict' }] });
    const another = holding();
    increment(another, 2_200);
    another.end('increment', held(2_500));
    expect(another.payment).toMatchObject({ outcome: 'unknown', cases: [{ kind: 'conflict' }] });
  });

  test('is dropped when the hold ends by itself', () => {
    const bench = holding();
    increment(bench);
    bench.callback(held(1_999, { is_over: true }));
    expect(shown(bench)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'expired',
      increments: [{ status: 'failed' }],
    });
  });

  test('that could not be sent while the hold stood is dropped, and so is a capture', () => {
    for (const ask of [increment, capture]) {
      const bench = holding();
      ask(bench, 500 + 2_000);
      ask(bench, 500);
      bench.now = Date.parse('2026-12-01T00:00:01Z');
      const verb = ask === increment ? 'increment' : 'capture';
      bench.end(verb, { kind: 'never_sent', detail: 'nobody was there' });
      expect(bench.openOperations().map((op) => op.verb)).not.toContain(verb);
    }
  });

  test('that has not left is not made any more when the hold is given up', () => {
    const bench = holding();
    increment(bench);
    bench.now = Date.parse('2026-12-01T00:00:00Z') - 3_600_000;
    bench.tell({ kind: 'due', what: 'hold' });
    expect(shown(bench)).toMatchObject({ increments: [{ status: 'failed' }] });
    expect(bench.openOperations().map((op) => op.verb)).toEqual(['query']);
  });

  test('that a person finds untaken leaves nothing unknown when the hold is given back', () => {
    const bench = doubtful();
    bench.callback(held(2_222));
    const [one] = bench.payment.cases;
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: one!.id, decision: 'treat_as_unpaid', reason: 'looked' } }); // prettier-ignore
    bench.end('query', held(2_222));
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment).toMatchObject({ status: 'requires_payment_method', outcome: 'known' });
  });

  test('makes an order of the new total, which an earlier attempt of the old one does not pay', () => {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: 'pi_0' });
    bench.end('confirm', declined);
    const [first] = bench.payment.attempts;
    bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('card') } });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.end('confirm', held());
    increment(bench);
    bench.end('increment', held(2_500));
    const answer = held(1_999, { channel_reference: 'pi_0', captured: toMinor(1_999), is_over: true }); // prettier-ignore
    bench.tell({ kind: 'evidence', about: 'attempt', reference: first!.id, order: 'pi_0', answer });
    expect(shown(bench)).toMatchObject({ status: 'requires_capture', amount: 2_500, amount_capturable: 2_500 }); // prettier-ignore
    expect(bench.payment.refunds).toMatchObject([{ amount: 1_999, origin: 'duplicate' }]);
  });

  test('leaves second money of the old total what it was: it goes back', () => {
    const bench = holding();
    increment(bench);
    bench.end('increment', held(2_500));
    const reference = bench.attempt.id;
    bench.tell({ kind: 'evidence', about: 'attempt', reference, order: 'pi_2', answer: paid() });
    bench.end('query', paid({ channel_reference: 'pi_2' }));
    expect(bench.payment.refunds).toMatchObject([{ amount: 1_999, origin: 'duplicate' }]);
    expect(bench.payment).toMatchObject({ status: 'requires_capture', cases: [] });
  });

  test.each([1_999, 2_500])(
    'leaves second money of %d, told while nobody knows whether it was raised, what it is: it goes back',
    (amount) => {
      const bench = doubtful();
      const told = { kind: 'evidence', about: 'attempt', reference: bench.attempt.id } as const;
      const second = paid({ channel_reference: 'pi_2', amount: toMinor(amount) });
      bench.tell({ ...told, order: 'pi_2', answer: second });
      const { id } = bench.openOperations().find(({ stray }) => stray === 'pi_2')!;
      bench.tell({ kind: 'outcome', operation: id, answer: second });
      expect(bench.payment.refunds).toMatchObject([{ amount, origin: 'duplicate' }]);
      expect(bench.attempt.status).toBe('held');
      bench.end('query', held(2_500));
      expect(bench.payment).toMatchObject({ status: 'requires_capture', amount: 2_500, cases: [] });
    },
  );

  test('takes second money of an amount that nobody asked for to a person', () => {
    const bench = doubtful();
    const second = paid({ channel_reference: 'pi_2', amount: toMinor(2_400) });
    bench.tell({ kind: 'evidence', about: 'attempt', reference: bench.attempt.id, order: 'pi_2', answer: second }); // prettier-ignore
    const { id } = bench.openOperations().find(({ stray }) => stray === 'pi_2')!;
    bench.tell({ kind: 'outcome', operation: id, answer: second });
    expect(bench.payment).toMatchObject({ refunds: [], cases: [{ kind: 'conflict' }] });
  });
});

describe('an increment is refused', () => {
  test.each([1, 1_998, 1_999])('to %d, for that is held already', (amount) => {
    expect(increment(holding(), amount).refused?.code).toBe('amount_too_small');
  });

  test('while another one or a capture is under way, as a capture is while it is', () => {
    const raising = holding();
    increment(raising);
    for (const { refused } of [increment(raising, 3_000), capture(raising), raising.cancel()])
      expect(refused?.code).toBe('increment_in_progress');
    const capturing = holding();
    capture(capturing, 500);
    expect(increment(capturing).refused?.code).toBe('capture_in_progress');
  });

  test('once something is captured, and where nothing is held', () => {
    const captured = holding();
    capture(captured, 500);
    captured.end('capture', held(1_999, { captured: toMinor(500) }));
    for (const bench of [captured, new Bench({ method: 'card' }), new Bench({ method: null })])
      expect(increment(bench).refused?.code).toBe('payment_not_incrementable');
  });

  test('where the channel does not raise what it holds', () => {
    expect(increment(holding('paypal')).refused?.code).toBe('increment_not_supported');
  });
});

describe('the total before the hold was raised', () => {
  const raised = () => {
    const bench = holding();
    increment(bench);
    bench.end('increment', held(2_500));
    return bench;
  };

  test('is an old word where it says nothing that could not be said then', () => {
    const bench = raised();
    expect(bench.callback(held(1_999)).changed).toBe(false);
    expect(bench.payment).toMatchObject({ status: 'requires_capture', amount: 2_500, cases: [] });
  });

  test.each([
    ['all of it was taken', { captured: toMinor(1_999), is_over: true }],
    ['a part of it was taken', { captured: toMinor(500) }],
    ['nothing is held any more', { is_over: true }],
  ])(
    'in answer to a capture is a person’s to look at, and not asked about for a month: %s',
    (_, said) => {
      const bench = raised();
      capture(bench);
      bench.send('capture');
      bench.end('capture', held(1_999, said));
      expect(bench.payment).toMatchObject({
        status: 'processing',
        outcome: 'unknown',
        paid_by: null,
      });
      expect(bench.payment.cases).toMatchObject([
        {
          kind: 'conflict',
          status: 'open',
          detail: 'asked 25.00 CNY, the channel holds 19.99 CNY',
        },
      ]);
      expect(bench.verbs()).toEqual([]);
    },
  );

  test('is an old word of a hold that is over', () => {
    const bench = raised();
    capture(bench);
    bench.send('capture');
    bench.end('capture', held(2_500, { captured: toMinor(2_500), is_over: true }));
    bench.callback(held(1_999, { captured: toMinor(1_999), is_over: true }));
    expect(bench.payment).toMatchObject({ status: 'succeeded', cases: [] });
  });
});

describe('a hold of another total than ours that a person finds unpaid', () => {
  const found = (answer: Held) => {
    const bench = holding();
    increment(bench);
    bench.end('increment', declined);
    bench.callback(answer);
    const [one] = bench.payment.cases;
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: one!.id, decision: 'treat_as_unpaid', reason: 'seen' } }); // prettier-ignore
    return bench;
  };

  test('is asked about, given back and proved so, and then the payer may pay anew', () => {
    const bench = found(held(2_500));
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.end('query', held(2_500));
    expect(bench.verbs()).toEqual(['void']);
    expect(bench.payment.status).toBe('processing');
    bench.send('void');
    bench.end('void', { kind: 'closed' });
    bench.end('query', held(2_500, { is_over: true }));
    expect(bench.attempt.status).toBe('closed');
    expect(bench.payment).toMatchObject({ status: 'requires_payment_method', outcome: 'known' });
    expect(bench.payment.cases).toMatchObject([{ status: 'resolved' }]);
    expect(bench.verbs()).toEqual([]);
  });

  test('is over when the channel repeats what the person has judged', () => {
    const told = held(1_999, { captured: toMinor(500), is_over: true });
    const bench = found(told);
    bench.end('query', told);
    expect(bench.attempt.status).toBe('closed');
    expect(bench.payment.status).toBe('requires_payment_method');
    expect(bench.payment.cases).toHaveLength(1);
    expect(bench.verbs()).toEqual([]);
  });
});
