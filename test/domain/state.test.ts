import { attemptStatuses, attemptTransitions } from '../../src/domain/attempt.ts';
import { captureStatuses, captureTransitions } from '../../src/domain/capture.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { operationEnds, operationTransitions } from '../../src/domain/operation.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import { refundStates } from '../../src/domain/outcome.ts';
import { paymentStatuses, paymentTransitions } from '../../src/domain/payment.ts';
import { refundTransitions } from '../../src/domain/refund.ts';
import { Bench, paid, qrCode } from '../support/payment.ts';

const waiting = () => after(new Bench(), (bench) => bench.end('create', qrCode));
const givenUp = () => after(waiting(), (bench) => bench.cancel());

/** A payment in each state that a QR payment has, by the shortest way there. */
const states = {
  requires_payment_method: () => new Bench({ method: null }),
  processing: () => new Bench(),
  requires_action: waiting,
  unknown: () => after(new Bench(), (bench) => { bench.send('create'); bench.end('create', lost); }),
  canceling: givenUp,
  succeeded: () => after(waiting(), (bench) => bench.callback(paid())),
  canceled: () => after(givenUp(), (bench) => bench.end('query', { kind: 'closed' })),
  failed: () => after(new Bench({ on_decline: 'fail' }), (bench) => bench.end('create', declined)),
} satisfies Record<string, () => Bench>; // prettier-ignore

const lost: Answer = { kind: 'unknown', detail: 'timeout' };
const declined: Answer = {
  kind: 'declined',
  failure: failureOf('limit_exceeded', { code: 'RULELIMIT', message: null }),
};

function after(bench: Bench, ...acts: ((bench: Bench) => unknown)[]): Bench {
  for (const act of acts) act(bench);
  return bench;
}

const say = (answer: Parameters<Bench['callback']>[0]) => (bench: Bench) =>
  bench.payment.attempts.length > 0 ? bench.callback(answer) : bench.tell({ kind: 'attend' });

/** Everything that may happen to it; the channel's word comes as a callback would bring it. */
const events = {
  attend: (bench: Bench) => bench.tell({ kind: 'attend' }),
  'another timer': (bench: Bench) => bench.tell({ kind: 'due', what: 'query' }),
  expiry: (bench: Bench) => bench.expire(),
  cancel: (bench: Bench) => bench.cancel(),
  sync: (bench: Bench) => bench.tell({ kind: 'command', command: { name: 'sync' } }),
  open: say({ kind: 'open' }),
  pending: say({ kind: 'pending' }),
  closed: say({ kind: 'closed' }),
  declined: say(declined),
  'not found': say({ kind: 'not_found' }),
  unreadable: say({ kind: 'unknown', detail: 'garbled' }),
  'paid as asked': say(paid()),
  'paid otherwise': say(paid({ amount: 1 as never })),
  'said of another order': say({ kind: 'disagrees', detail: 'another order' }),
} satisfies Record<string, (bench: Bench) => unknown>;

/**
 * Where each event leads from each state (architecture.md sections 1, 3 and 4): `·` stays, `?` leaves the outcome
 * unknown. Money on a payment that has ended changes its ledger, not its state; see fold.test.ts.
 */
const table = `
event                 | requires_payment_method | processing              | requires_action         | unknown                 | canceling   | succeeded | canceled | failed
attend                | ·                       | ·                       | ·                       | ·?                      | ·           | ·         | ·        | ·
another timer         | ·                       | ·                       | ·                       | ·?                      | ·           | ·         | ·        | ·
expiry                | canceled                | canceled                | canceling               | canceling?              | ·           | ·         | ·        | ·
cancel                | canceled                | canceled                | canceling               | canceling?              | ·           | ·         | ·        | ·
sync                  | ·                       | ·                       | ·                       | ·?                      | ·           | ·         | ·        | ·
open                  | ·                       | ·                       | ·                       | ·                       | ·           | ·         | ·        | ·
pending               | ·                       | ·                       | processing              | ·                       | ·           | ·         | ·        | ·
closed                | ·                       | requires_payment_method | requires_payment_method | requires_payment_method | canceled    | ·         | ·        | ·
declined              | ·                       | requires_payment_method | requires_payment_method | requires_payment_method | canceled    | ·         | ·        | ·
not found             | ·                       | ·                       | ·                       | ·                       | ·           | ·         | ·        | ·
unreadable            | ·                       | ·                       | ·                       | ·?                      | ·           | ·         | ·        | ·
paid as asked         | ·                       | succeeded               | succeeded               | succeeded               | succeeded   | ·         | ·        | ·
paid otherwise        | ·                       | ·?                      | processing?             | ·?                      | processing? | ·         | ·        | ·
said of another order | ·                       | ·                       | ·                       | ·?                      | ·           | ·         | ·        | ·
`;
const [header = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the payment machine', () => {
  test('has a row for every event and a column for every state', () => {
    expect(rows.map((row) => row[0])).toEqual(Object.keys(events));
    expect(header.slice(1)).toEqual(Object.keys(states));
  });

  const pairs = rows.flatMap(([event = '', ...cells]) =>
    cells.map((cell, column) => [event, header[column + 1] ?? '', cell] as const),
  );
  test.each(pairs)('%s in %s leads to %s', (event, state, cell) => {
    const bench = states[state as keyof typeof states]();
    const { status: was } = bench.payment;
    events[event as keyof typeof events](bench);
    const { status, outcome } = bench.payment;
    expect(`${status === was ? '·' : status}${outcome === 'unknown' ? '?' : ''}`).toBe(cell);
  });
});

describe('the tables of steps', () => {
  test.each([
    ['payment', paymentStatuses, paymentTransitions],
    ['attempt', attemptStatuses, attemptTransitions],
    ['refund', refundStates, refundTransitions],
    ['capture', captureStatuses, captureTransitions],
    ['operation', ['open', ...operationEnds], operationTransitions],
  ])('of a %s name every status and lead only to such', (_what, statuses, transitions) => {
    expect(Object.keys(transitions).toSorted()).toEqual(statuses.toSorted());
    for (const next of Object.values(transitions).flat()) expect(statuses).toContain(next);
  });

  test('let nothing out of what is final for money', () => {
    expect(paymentTransitions.succeeded).toEqual([]);
    expect(attemptTransitions.paid).toEqual([]);
    expect(refundTransitions.failed).toEqual([]);
  });
});
