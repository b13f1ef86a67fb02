import { failureOf } from '../../src/domain/failure.ts';
import { nextDeadline } from '../../src/domain/view.ts';
import { Bench, choiceOf, paid, timing } from '../support/payment.ts';

const lost = { kind: 'unknown', detail: 'ECONNRESET' } as const;
const codeMs = 60_000;

/** A code at a till; what its create was answered with. */
function charged(...[answer]: Parameters<Bench['end']> extends [unknown, infer A] ? [A] : never) {
  const bench = new Bench({ method: 'wechat_pay_code' });
  bench.send('create');
  bench.end('create', answer);
  return bench;
}

/** The payer is asked for his password, and the minute is over. */
function overdue(): Bench {
  const bench = charged({ kind: 'pending' });
  bench.now += codeMs;
  bench.tell({ kind: 'due', what: 'code' });
  return bench;
}

/** Asked for the last time, he still has not paid: the reversal has left. */
function reversing(): Bench {
  const bench = overdue();
  bench.end('query', { kind: 'pending' });
  bench.send('close');
  return bench;
}

const returned = { ...paid(), is_returned: true } as ReturnType<typeof paid>;

describe('a code that the payer presents', () => {
  test('is charged at once, and forgotten', () => {
    const bench = charged(paid());
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.attempt.token).toBeNull();
    expect(bench.verbs()).toEqual([]);
  });

  test('that needs his password is asked about, and paid when he has typed it', () => {
    const bench = charged({ kind: 'pending' });
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'known' }); // prettier-ignore
    expect(bench.attempt.token).toBeNull();
    bench.end('query', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('that is refused leaves the payer to show another', () => {
    const bench = charged({ kind: 'declined', failure: failureOf('insufficient_funds', { code: 'NOTENOUGH', message: null }) }); // prettier-ignore
    expect(bench.payment.status).toBe('requires_payment_method');
    expect(bench.attempt.token).toBeNull();
    bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('wechat_pay_code') } }); // prettier-ignore
    expect(bench.verbs()).toEqual(['create']);
  });

  test('whose charge was lost is asked about and sent again under its number, while it is good', () => {
    const bench = charged(lost);
    expect(bench.attempt.token).not.toBeNull();
    const [first] = bench.attemptOperations();
    bench.end('query', { kind: 'not_found' });
    expect(bench.open('create').channel_key).toBe(first!.channel_key);
    expect(bench.open('create').not_after).toBeLessThanOrEqual(bench.attempt.created_at + codeMs);
  });

  test('is never sent when it is dead', () => {
    const bench = new Bench({ method: 'wechat_pay_code' });
    expect(bench.open('create').not_after).toBeLessThanOrEqual(bench.attempt.created_at + codeMs);
    bench.end('create', { kind: 'never_sent', detail: 'refused' });
    bench.now += codeMs;
    bench.tell({ kind: 'due', what: 'code' });
    expect(bench.attempt).toMatchObject({ status: 'closed', token: null });
    expect(bench.payment.status).toBe('requires_payment_method');
    expect(bench.verbs()).toEqual([]);
  });
});

describe('a code that is not paid in its minute', () => {
  test('wakes the payment then, and only then', () => {
    const bench = charged({ kind: 'pending' });
    bench.end('query', { kind: 'pending' });
    bench.now += timing.first_poll_ms;
    const deadline = nextDeadline(bench.payment, bench.now, timing);
    expect(deadline?.at).toBe(bench.attempt.created_at + codeMs);
    bench.now = deadline!.at;
    bench.tell({ kind: 'due', what: deadline!.what });
    expect(nextDeadline(bench.payment, bench.now, timing)?.what).toBe('expiry');
  });

  test('is asked about once more, and reversed; nothing was taken', () => {
    const bench = overdue();
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', { kind: 'pending' });
    expect(bench.verbs()).toEqual(['close']);
    bench.end('close', { kind: 'closed' });
    expect(bench.attempt.status).toBe('processing'); // only a query proves it
    bench.end('query', { kind: 'closed' });
    expect(bench.attempt.status).toBe('closed');
    expect(bench.payment).toMatchObject({ status: 'requires_payment_method', late: false, refunds: [] }); // prettier-ignore
    expect(bench.verbs()).toEqual([]);
  });

  test('and was paid at the last moment is paid', () => {
    const bench = overdue();
    bench.end('query', paid());
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.verbs()).toEqual([]);
  });

  test('is reversed too when the last question is not answered', () => {
    const bench = overdue();
    const { not_after, run_at } = bench.open('query');
    expect(not_after - run_at).toBeLessThanOrEqual(20_000);
    bench.end('query', lost);
    expect(bench.verbs()).toEqual(['close']);
  });

  test.each(['cancel', 'expire'] as const)('is reversed by a %s before that', (giveUp) => {
    const bench = charged({ kind: 'pending' });
    bench[giveUp]();
    bench.end('query', { kind: 'pending' });
    bench.end('close', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment.status).toBe('canceled');
  });

  test('is reversed before another code is taken', () => {
    const bench = charged({ kind: 'pending' });
    bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('wechat_pay_code') } }); // prettier-ignore
    bench.end('query', { kind: 'pending' });
    expect(bench.payment.attempts).toHaveLength(1);
    bench.end('close', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment.attempts.map(({ status, token }) => [status, token !== null])).toEqual([
      ['closed', false],
      ['planned', true],
    ]);
  });
});

describe('what is paid while the reversal is under way', () => {
  test('pays when the reversal has not left: then it never does', () => {
    const bench = overdue();
    bench.end('query', { kind: 'pending' });
    bench.callback(paid());
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.verbs()).toEqual([]);
    expect(bench.attemptOperations().findLast((op) => op.verb === 'close')?.fenced).toBe(true);
  });

  test('pays nothing, and is in and out when the channel says that it went back', () => {
    const bench = reversing();
    bench.callback(paid());
    expect(bench.payment.status).toBe('processing');
    bench.end('close', { kind: 'closed' });
    bench.end('query', returned);
    expect(bench.attempt).toMatchObject({ status: 'closed', channel_reference: '4200001' });
    expect(bench.payment.status).toBe('requires_payment_method');
    expect(bench.payment.refunds).toMatchObject([{ status: 'succeeded', origin: 'duplicate', amount: 1_999 }]); // prettier-ignore
    expect(bench.postings.map(({ reason }) => reason)).toEqual(['duplicate_receipt', 'return_succeeded']); // prettier-ignore
    expect(bench.balance('channel_clearing')).toBe(0);
    expect(bench.verbs()).toEqual([]);
  });

  test('is late when the payment was given up, and in and out as well', () => {
    const bench = charged({ kind: 'pending' });
    bench.cancel();
    bench.end('query', { kind: 'pending' });
    bench.send('close');
    bench.end('close', { kind: 'closed' });
    bench.end('query', returned);
    expect(bench.payment.status).toBe('canceled');
    expect(bench.payment.refunds).toMatchObject([{ status: 'succeeded' }]);
    bench.callback(paid()); // the channel's notice of it, a day late
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', returned);
    expect(bench.payment.refunds).toHaveLength(1);
    expect(bench.balance('channel_clearing')).toBe(0);
    expect(bench.verbs()).toEqual([]);
  });

  test('is reversed again while the channel shows it paid: a lost reversal may still arrive', () => {
    const bench = reversing();
    bench.end('close', lost);
    bench.end('query', paid());
    expect(bench.payment.status).toBe('processing');
    expect(bench.verbs()).toEqual(['close']);
    bench.end('close', { kind: 'closed' });
    bench.end('query', paid()); // the channel is behind itself
    expect(bench.verbs()).toEqual(['close']);
  });

  test('pays when the channel refuses to reverse', () => {
    const bench = reversing();
    bench.end('close', { kind: 'refused', detail: 'SELLER_BALANCE_NOT_ENOUGH' });
    bench.end('query', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('pays nothing when a reversal that was lost had taken it back, though one after it is refused', () => {
    const bench = reversing();
    bench.end('close', lost);
    bench.end('query', paid());
    bench.send('close');
    bench.end('close', { kind: 'refused', detail: 'ACQ.TRADE_CANCEL_TIME_OUT' });
    bench.end('query', returned);
    expect(bench.payment.status).not.toBe('succeeded');
    expect(bench.payment.refunds).toMatchObject([{ status: 'succeeded', amount: 1_999 }]);
  });

  test('and is not what was asked for is looked at by a person', () => {
    const bench = reversing();
    bench.end('close', { kind: 'closed' });
    bench.end('query', { ...paid({ amount: 1 as never }), is_returned: true } as never);
    expect(bench.attempt.frozen).toBe('disagrees');
    expect(bench.payment.cases).toMatchObject([{ kind: 'conflict' }]);
  });
});

test('money of an order that was reversed and proved closed is late money: it goes back by a refund', () => {
  const bench = reversing();
  bench.end('close', { kind: 'closed' });
  bench.end('query', { kind: 'closed' });
  bench.cancel();
  bench.callback(paid());
  expect(bench.payment.refunds).toEqual([]); // the notice may be of before
  bench.end('query', paid());
  expect(bench.payment).toMatchObject({ status: 'canceled', late: true, refunds: [{ origin: 'late', status: 'processing' }] }); // prettier-ignore
  expect(bench.verbs()).toEqual(['refund']);
});
