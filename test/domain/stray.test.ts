import type { QueryAnswer } from '../../src/domain/outcome.ts';
import { Bench, paid } from '../support/payment.ts';

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
