import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer, Held, Notice, QueryAnswer } from '../../src/domain/outcome.ts';
import type { LateMoney } from '../../src/domain/payment.ts';
import { Bench, choiceOf, cny, paid } from '../support/payment.ts';

const own = 'PSP1';
const stray = 'PSP2';
const hold = (channel_reference = own, given: Partial<Held> = {}): Held => ({ kind: 'held', channel_reference, held: toMinor(1_999), captured: toMinor(0), currency: cny, ends_at: '2026-12-01T00:00:00Z', is_over: false, ...given }); // prettier-ignore
const authorised = (channel_reference: string): Notice => ({ kind: 'authorised', channel_reference, amount: toMinor(1_999), currency: cny, at: '2026-11-24T00:00:05Z', ends_at: '2026-12-01T00:00:05Z' }); // prettier-ignore
const declined: QueryAnswer = { kind: 'declined', failure: failureOf('card_declined', { code: '2', message: 'Refused' }) }; // prettier-ignore
const says = (bench: Bench, order: string, answer: QueryAnswer | Notice) =>
  bench.tell({ kind: 'evidence', about: 'attempt', reference: bench.attempt.id, order, answer });
const charge = (bench: Bench) => says(bench, stray, authorised(stray));

function made(answer: Answer, given: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench({ method: 'ideal', ...given });
  bench.send('create');
  bench.end('create', answer);
  return bench;
}
const holding = (late_money: LateMoney = 'refund') =>
  made(hold(), { capture: 'manual', late_money });

function released(late_money?: LateMoney): Bench {
  const bench = holding(late_money);
  bench.cancel();
  bench.send('void');
  bench.end('void', { kind: 'closed' });
  says(bench, own, { kind: 'closed' });
  expect(bench.payment.status).toBe('canceled');
  return bench;
}

function captured(): Bench {
  const bench = holding();
  bench.tell({ kind: 'command', command: { name: 'capture', amount: null, is_final: false } });
  bench.send('capture');
  bench.end('capture', { kind: 'pending' });
  const reference = bench.payment.captures[0]!.id;
  const answer = { kind: 'captured', amount: toMinor(1_999), currency: cny } as const;
  bench.tell({ kind: 'evidence', about: 'capture', reference, answer });
  expect(bench.payment.status).toBe('succeeded');
  return bench;
}

describe('a second payment under our number, of which nobody can be asked', () => {
  test('beside one that is paid is a duplicate, and goes back by its own number', () => {
    const bench = made(paid({ channel_reference: own }));
    charge(bench);
    charge(bench); // its notice may come as often as it likes
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: stray, amount: 1_999 }]); // prettier-ignore
    expect(bench.attempt.handle).toBe(own);
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('beside a hold goes back at once, and the hold stays a hold', () => {
    const bench = holding();
    charge(bench);
    expect(bench.payment).toMatchObject({ status: 'requires_capture', late: false, paid_by: null });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: stray }]); // prettier-ignore
    expect(bench.verbs()).toEqual(['refund']);
    expect(bench.attempt.handle).toBe(own);
  });

  test('beside what was captured is a duplicate', () => {
    const bench = captured();
    charge(bench);
    expect(bench.payment).toMatchObject({ status: 'succeeded', late: false });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: stray }]); // prettier-ignore
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('after a hold was given back is late, and goes back at once', () => {
    const bench = released();
    charge(bench);
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late', receipt_reference: stray }]);
    expect(bench.verbs()).toEqual(['refund']);
  });

  test.each<LateMoney>(['accept', 'hold'])('that is late where the merchant would have it (%s) is shown to a person, for it may only be held', (late_money) => {
    const bench = released(late_money);
    charge(bench);
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true, refunds: [] });
    expect(bench.payment.cases).toMatchObject([{ kind: 'late_money', receipt_reference: stray }]);
  }); // prettier-ignore

  test.each<LateMoney>(['accept', 'hold'])('beside one that is paid is a duplicate, also where the merchant would have late money (%s)', (late_money) => {
    const bench = made(paid({ channel_reference: own }), { late_money });
    charge(bench);
    expect(bench.payment).toMatchObject({ late: false, cases: [] });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: stray }]);
  }); // prettier-ignore

  test.each<QueryAnswer>([{ kind: 'closed' }, declined])('that is $kind leaves our hold alone', (told) => {
    const bench = holding();
    says(bench, stray, told);
    expect(bench.payment).toMatchObject({ status: 'requires_capture', failure: null });
    expect(bench.attempt).toMatchObject({ status: 'held', failure: null });
    says(bench, own, { kind: 'closed' });
    expect(bench.payment.status).toBe('canceled');
  }); // prettier-ignore

  test('whose answer says that it is held, after a notice of another, goes back, and the first stays ours', () => {
    const bench = new Bench({ method: 'ideal', capture: 'manual' });
    bench.send('create');
    charge(bench);
    bench.end('create', hold());
    expect(bench.attempt).toMatchObject({ handle: stray, status: 'held' });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: own }]);
  });

  test('that the report alone tells of counts what was settled of it', () => {
    const bench = released();
    bench.tell({ kind: 'command', command: { name: 'sync' } });
    bench.end('query', hold(stray, { captured: toMinor(1_999), is_over: true }));
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late', receipt_reference: stray }]);
  });
});

describe('a second payment under our number in another amount', () => {
  const disagrees = { kind: 'disagrees', detail: 'says 500 CNY, asked 1999 CNY' } as const;
  const stage = {
    'is paid': () => made(paid({ channel_reference: own })),
    'is held': holding,
    'was given back': released,
  };
  const before = ({ payment, postings }: Bench) => structuredClone({ status: payment.status, refunds: payment.refunds, outcome: payment.outcome, postings }); // prettier-ignore

  test.each(['is paid', 'is held', 'was given back'] as const)('is put before a person, once, and ours, which %s, stays what it is', (how) => {
    const bench = stage[how]();
    const ours = before(bench);
    for (const _ of [1, 2]) says(bench, stray, disagrees);
    expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open', receipt_reference: stray, detail: expect.stringContaining(disagrees.detail) }]);
    expect(bench.events).toContain('payment.conflict');
    expect(before(bench)).toEqual(ours);
  }); // prettier-ignore

  test.each(['treat_as_paid', 'treat_as_unpaid'] as const)(
    'moves nothing of ours, whatever he decides: %s',
    (decision) => {
      const bench = holding();
      says(bench, stray, disagrees);
      const ours = before(bench);
      const case_id = bench.payment.cases[0]!.id;
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id, decision, reason: 'x' } });
      says(bench, stray, disagrees);
      expect(bench.payment.cases).toMatchObject([{ status: 'resolved', decision }]);
      expect([before(bench), bench.attempt.status]).toEqual([ours, 'held']);
    },
  );

  test('that the report alone tells of does not freeze ours', () => {
    const bench = released();
    bench.tell({ kind: 'command', command: { name: 'sync' } });
    bench.end('query', hold(stray, { held: toMinor(500), captured: toMinor(500), is_over: true }));
    expect(bench.payment).toMatchObject({ status: 'canceled', refunds: [], cases: [{ kind: 'conflict', receipt_reference: stray }] });
    expect(bench.attempt.frozen).toBeNull();
  }); // prettier-ignore
});

describe('what is authorised after a hold was declined', () => {
  test('is late money where the payment is over: there is nothing to hold it for', () => {
    const bench = made(declined, { capture: 'manual', on_decline: 'fail' });
    expect(bench.payment.status).toBe('failed');
    says(bench, own, authorised(own));
    expect(bench.payment).toMatchObject({ status: 'failed', late: true });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late', receipt_reference: own }]);
  });

  test('is a duplicate while the payer pays by another', () => {
    const bench = made(declined, { capture: 'manual' });
    bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('ideal') } });
    bench.send('create');
    bench.end('create', hold('PSP3'));
    const reference = bench.payment.attempts[0]!.id;
    bench.tell({ kind: 'evidence', about: 'attempt', reference, order: own, answer: authorised(own) }); // prettier-ignore
    expect(bench.payment.status).toBe('requires_capture');
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', receipt_reference: own }]);
  });

  test('is a hold while the payment waits for another try', () => {
    const bench = made(declined, { capture: 'manual' });
    says(bench, own, authorised(own));
    expect(bench.payment).toMatchObject({ status: 'requires_capture', refunds: [] });
  });
});
