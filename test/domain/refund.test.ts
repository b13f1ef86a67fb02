import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { RefundAnswer } from '../../src/domain/outcome.ts';
import { paymentObject } from '../../src/domain/payment-object.ts';
import { Bench, cny, noDetails, paid, paidByCard, qrCode } from '../support/payment.ts';

const refund = (bench: Bench, amount: number | null = null) =>
  bench.tell({ kind: 'command', command: { name: 'refund', amount: amount === null ? null : toMinor(amount), reason: null } }); // prettier-ignore
const said = (amount: number, status: 'processing' | 'succeeded' | 'failed' | 'needs_attention'): RefundAnswer => ({
  kind: 'refund', status, amount: toMinor(amount), currency: cny, channel_reference: 're_1',
}); // prettier-ignore
const shown = (bench: Bench) => {
  const { status, amount_refunded, amount_refunding } = paymentObject(bench.payment, noDetails) as Record<string, unknown>; // prettier-ignore
  return [status, amount_refunded, amount_refunding];
};

describe('a refund', () => {
  test('is reserved before the channel is asked, and booked when it has succeeded', () => {
    const bench = paidByCard();
    refund(bench, 500);
    expect(shown(bench)).toEqual(['succeeded', 0, 500]);
    expect(bench.open('refund').channel_key).toBe(bench.payment.refunds[0]!.id);
    bench.end('refund', said(500, 'processing'));
    bench.end('query_refund', said(500, 'succeeded'));
    expect(shown(bench)).toEqual(['succeeded', 500, 0]);
    expect(bench.balance('merchant_payable')).toBe(-1_499);
    expect(bench.balance('channel_clearing')).toBe(1_499);
  });

  test('never passes what was captured, whatever is under way', () => {
    const bench = paidByCard();
    refund(bench, 1_500);
    expect(refund(bench, 500).refused?.code).toBe('refund_exceeds_captured');
    refund(bench, 499);
    expect(refund(bench).refused?.code).toBe('refund_exceeds_captured');
    expect(shown(bench)).toEqual(['succeeded', 0, 1_999]);
  });

  test('that the channel declines gives its reservation back', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', { kind: 'declined', failure: failureOf('not_permitted', { code: 'x', message: null }) }); // prettier-ignore
    expect(bench.payment.refunds[0]).toMatchObject({ status: 'failed', failure: { code: 'not_permitted' } }); // prettier-ignore
    expect(shown(bench)).toEqual(['succeeded', 0, 0]);
    expect(bench.payment.cases).toEqual([]);
  });

  test('that the channel declines for now is sent again later under the same number', () => {
    const bench = paidByCard();
    refund(bench, 500);
    const { channel_key } = bench.open('refund');
    bench.send('refund');
    bench.end('refund', { kind: 'declined', failure: failureOf('insufficient_funds', { code: 'NOT_ENOUGH', message: null }) }); // prettier-ignore
    expect(bench.payment.refunds[0]).toMatchObject({ status: 'processing', failure: { code: 'insufficient_funds' } }); // prettier-ignore
    expect(bench.open('refund')).toMatchObject({ channel_key, run_at: bench.now + 60_000 });
    bench.end('refund', said(500, 'succeeded'));
    expect(shown(bench)).toEqual(['succeeded', 500, 0]);
  });

  test('that is declined when it is sent again, while the first call may still be executed, is asked about and not failed', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.send('refund');
    bench.end('refund', { kind: 'unknown', detail: 'timeout' });
    bench.end('query_refund', { kind: 'not_found' }); // so far
    bench.send('refund');
    bench.end('refund', { kind: 'declined', failure: failureOf('not_permitted', { code: 'x', message: null }) });
    expect([bench.payment.refunds[0]!.status, bench.verbs()]).toEqual(['processing', ['query_refund']]);
    expect(refund(bench, 1_500).refused?.code).toBe('refund_exceeds_captured');
    bench.end('query_refund', said(500, 'succeeded'));
    expect([shown(bench), bench.balance('channel_clearing')]).toEqual([['succeeded', 500, 0], 1_499]);
  }); // prettier-ignore

  test('that the channel declines for now is sent again for 30 days, and has failed then', () => {
    const poor = failureOf('insufficient_funds', { code: 'NOT_ENOUGH', message: null });
    for (const [days, status] of [[29, 'processing'], [30, 'failed']] as const) {
      const bench = paidByCard();
      refund(bench, 500);
      bench.now += days * 86_400_000;
      bench.send('refund');
      bench.end('refund', { kind: 'declined', failure: poor });
      expect(bench.payment.refunds[0]).toMatchObject({ status, failure: { code: 'insufficient_funds' } });
    }
  }); // prettier-ignore

  test('delivered after it could not be, says the channel when asked, needs nobody any more', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', said(500, 'needs_attention'));
    bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[0]!.id, answer: said(500, 'succeeded') }); // prettier-ignore
    expect(bench.payment.refunds[0]).toMatchObject({ status: 'needs_attention' }); // it may be an old word
    bench.tell({ kind: 'command', command: { name: 'sync' } });
    bench.end('query_refund', said(500, 'succeeded'));
    expect(bench.payment.refunds[0]).toMatchObject({ status: 'succeeded' });
    expect(bench.payment.cases).toMatchObject([{ status: 'resolved' }]);
    expect(bench.balance('merchant_payable')).toBe(-1_499);
  });

  test('that a person has paid out otherwise stays so, however often the channel says that it could not', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', said(500, 'needs_attention'));
    const [asked] = bench.payment.cases;
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: asked!.id, decision: 'paid_otherwise', reason: 'in cash' } }); // prettier-ignore
    const { postings: booked } = structuredClone({ postings: bench.postings });
    for (const status of ['needs_attention', 'failed'] as const) {
      bench.tell({ kind: 'evidence', about: 'refund', reference: asked!.refund_id!, answer: said(500, status) }); // prettier-ignore
      bench.tell({ kind: 'command', command: { name: 'sync' } });
      bench.end('query_refund', said(500, status));
    }
    expect(shown(bench)).toEqual(['succeeded', 500, 0]);
    expect(bench.postings).toEqual(booked);
    expect(bench.payment.cases).toMatchObject([{ status: 'resolved' }]);
  });

  describe('that was booked and then doubted is booked again under a number of its own', () => {
    const doubted = (status: 'needs_attention' | 'disagrees') => {
      const bench = paidByCard();
      refund(bench, 500);
      bench.end('refund', said(500, 'succeeded'));
      bench.tell({ kind: 'command', command: { name: 'sync' } });
      bench.end('query_refund', status === 'disagrees' ? { kind: status, detail: 'x' } : said(500, status));
      return bench;
    };
    const again = (bench: Bench) => {
      const { id } = bench.payment.refunds[0]!;
      expect(bench.postings.slice(1).map(({ reason, subject }) => [reason, subject])).toEqual([
        ['refund_succeeded', id], ['refund_reversed', `${id} 2`], ['refund_succeeded', `${id} 3`],
      ]);
      expect(shown(bench)).toEqual(['succeeded', 500, 0]);
      expect(bench.balance('merchant_payable')).toBe(-1_499);
    };

    test('delivered after all, says the channel', () => {
      const bench = doubted('needs_attention');
      bench.tell({ kind: 'command', command: { name: 'sync' } });
      bench.end('query_refund', said(500, 'succeeded'));
      again(bench);
    });

    test('delivered as it was booked, says a person', () => {
      const bench = doubted('disagrees');
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision: 'treat_as_paid', reason: 'the bill' } });
      again(bench);
    });
  }); // prettier-ignore

  describe('of which the channel says nothing for 30 days', () => {
    const unanswered = () => {
      const bench = paidByCard();
      refund(bench, 500);
      bench.end('refund', said(500, 'processing'));
      bench.now = bench.open('query_refund').not_after;
      bench.end('query_refund', { kind: 'unknown', detail: 'asking has ended' });
      return bench;
    };
    const told = (bench: Bench, status: 'succeeded' | 'failed' | 'processing') =>
      bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[0]!.id, answer: said(500, status) }); // prettier-ignore

    test('is a person’s to decide, keeps its reservation, and is asked about no more', () => {
      const bench = unanswered();
      expect(bench.payment.cases).toMatchObject([{ kind: 'outcome_unknown', status: 'open', refund_id: bench.payment.refunds[0]!.id }]);
      expect(shown(bench)).toEqual(['succeeded', 0, 500]);
      expect(bench.verbs()).toEqual([]);
    });

    test.each([
      ['treat_as_paid', 'succeeded', 500, -1_499],
      ['treat_as_unpaid', 'failed', 0, -1_999],
    ] as const)('is what he says: %s', (decision, status, refunded, owed) => {
      const bench = unanswered();
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'the bill' } });
      expect(bench.payment.refunds).toMatchObject([{ status }]);
      expect(shown(bench)).toEqual(['succeeded', refunded, 0]);
      expect(bench.balance('merchant_payable')).toBe(owed);
    });

    test.each([
      ['succeeded', 500, -1_499],
      ['failed', 0, -1_999],
    ] as const)('is what the channel tells by itself after all, before he decides: %s', (status, refunded, owed) => {
      const bench = unanswered();
      told(bench, status);
      expect(bench.payment.refunds).toMatchObject([{ status }]);
      expect(bench.payment.cases).toMatchObject([{ status: 'resolved', decision: null }]);
      expect(shown(bench)).toEqual(['succeeded', refunded, 0]);
      expect(bench.balance('merchant_payable')).toBe(owed);
    });

    test.each([
      ['treat_as_paid', ['succeeded'], 0],
      ['treat_as_unpaid', ['failed', 'processing'], -1_999],
    ] as const)('of late money goes back in any case: %s', (decision, statuses, owed) => {
      const bench = new Bench();
      bench.end('create', qrCode);
      bench.expire();
      bench.end('query', { kind: 'open' });
      bench.end('close', { kind: 'closed' });
      bench.end('query', { kind: 'closed' });
      bench.callback(paid());
      bench.send('refund');
      bench.end('refund', { kind: 'unknown', detail: 'TimeoutError' });
      while (bench.payment.cases.length === 0) {
        const { verb, not_after } = bench.openOperations()[0]!;
        bench.now = Math.max(bench.now, not_after);
        bench.end(verb, { kind: 'unknown', detail: 'asking has ended' });
      }
      const [unanswered] = bench.payment.refunds;
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'the bill' } });
      expect(bench.payment.refunds.map(({ status }) => status)).toEqual(statuses);
      expect(bench.balance('payer_payable')).toBe(owed);
      if (decision === 'treat_as_paid') return;
      expect(bench.payment.refunds[1]).toMatchObject({ retry_of: unanswered!.id, origin: 'late', amount: 1_999 });
      bench.end('query_refund', { kind: 'unknown', detail: 'still no answer' });
      expect(bench.open('refund').channel_key).toBe(bench.payment.refunds[1]!.id);
      bench.end('refund', said(1_999, 'succeeded'));
      expect(bench.balance('payer_payable')).toBe(0);
    });

    test('may have been lost as well: it is not sent again', () => {
      const bench = paidByCard();
      refund(bench, 500);
      bench.send('refund');
      bench.end('refund', { kind: 'unknown', detail: 'TimeoutError' });
      while (bench.payment.cases.length === 0) {
        const { verb, not_after } = bench.open('query_refund');
        bench.now = Math.max(bench.now, not_after);
        bench.end(verb, { kind: 'unknown', detail: 'asking has ended' });
      }
      expect(bench.payment.cases).toMatchObject([{ kind: 'outcome_unknown' }]);
      expect(bench.verbs()).toEqual([]);
    });
  }); // prettier-ignore

  test('that a bank returns is booked back', () => {
    const bench = paidByCard();
    refund(bench);
    bench.end('refund', said(1_999, 'succeeded'));
    bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[0]!.id, answer: said(1_999, 'failed') }); // prettier-ignore
    expect(shown(bench)).toEqual(['succeeded', 0, 0]);
    expect(bench.balance('merchant_payable')).toBe(-1_999);
    expect(bench.payment.refunds[0]!.failure).toMatchObject({ code: 'processing_error', channel_code: null }); // prettier-ignore
    expect(refund(bench).refused).toBeUndefined();
  });

  test.each(['failed', 'needs_attention'] as const)('that ends as %s says why in the words of the catalogue', (status) => {
    const bench = paidByCard();
    refund(bench, 500);
    const failure = failureOf('expired_card', { code: 'expired_or_canceled_card', message: null });
    bench.end('refund', { ...said(500, status), failure } as RefundAnswer);
    expect(bench.payment.refunds[0]).toMatchObject({ status, failure });
  }); // prettier-ignore

  test('that succeeds after it was declined for now has no failure any more', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', { kind: 'declined', failure: failureOf('insufficient_funds', { code: 'x', message: null }) }); // prettier-ignore
    expect(bench.payment.refunds[0]!.failure).not.toBeNull();
    bench.end('refund', said(500, 'succeeded'));
    expect(bench.payment.refunds[0]!.failure).toBeNull();
  });

  test('that could not be delivered keeps its reservation and is for a person', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', said(500, 'needs_attention'));
    expect(shown(bench)).toEqual(['succeeded', 0, 500]);
    const [one] = bench.payment.cases;
    expect(one).toMatchObject({ kind: 'refund_undeliverable', refund_id: bench.payment.refunds[0]!.id });
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: one!.id, decision: 'retry', reason: 'a new card' } });
    expect(bench.payment.refunds.map((each) => [each.status, each.amount, each.origin])).toEqual([['failed', 500, 'merchant'], ['processing', 500, 'merchant']]);
    expect(shown(bench)).toEqual(['succeeded', 0, 500]);
  }); // prettier-ignore

  test('whose call is answered with another amount is asked about, and is what the channel then says', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', said(499, 'succeeded'));
    expect(shown(bench)).toEqual(['succeeded', 0, 500]);
    bench.end('query_refund', said(500, 'succeeded'));
    expect(shown(bench)).toEqual(['succeeded', 500, 0]);
    expect(bench.payment.refunds).toHaveLength(1);
    expect(bench.payment.cases).toEqual([]);
  });

  test.each([
    ['treat_as_paid', 'succeeded', 500, -1_499],
    ['treat_as_unpaid', 'failed', 0, -1_999],
  ] as const)('of which the channel says another amount when asked is never sent anew: a person says %s', (decision, status, refunded, owed) => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', said(499, 'succeeded'));
    const { events } = bench.end('query_refund', said(499, 'succeeded'));
    expect(events.map(({ type }) => type)).toEqual(['refund.needs_attention', 'payment.conflict', 'case.opened']);
    expect(shown(bench)).toEqual(['succeeded', 0, 500]);
    const [one] = bench.payment.cases;
    expect(one).toMatchObject({ kind: 'conflict', refund_id: bench.payment.refunds[0]!.id });
    const resolve = (decided: 'retry' | typeof decision) =>
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: one!.id, decision: decided, reason: 'the statement' } });
    expect(resolve('retry').refused?.code).toBe('case_decision_not_allowed');
    resolve(decision);
    expect(bench.payment.refunds.map((each) => each.status)).toEqual([status]);
    expect(shown(bench)).toEqual(['succeeded', refunded, 0]);
    expect(bench.balance('merchant_payable')).toBe(owed);
  }); // prettier-ignore

  test('that was lost is asked about and repeated under the same number', () => {
    const bench = paidByCard();
    refund(bench, 500);
    const key = bench.open('refund').channel_key;
    bench.send('refund');
    bench.end('refund', { kind: 'unknown', detail: 'timeout' });
    bench.end('query_refund', { kind: 'not_found' });
    expect(bench.open('refund').channel_key).toBe(key);
  });

  test('is refused where nothing was captured, or may or may not have been', () => {
    expect(refund(new Bench()).refused?.code).toBe('payment_not_refundable');
    const unknown = new Bench();
    unknown.send('create');
    unknown.end('create', { kind: 'unknown', detail: 'timeout' });
    expect(refund(unknown).refused?.code).toBe('payment_outcome_unknown');
  });

  test('is refused beyond the number that the channel takes', () => {
    const bench = paidByCard();
    for (let times = 0; times < 5; times += 1) refund(bench, 1);
    expect(refund(bench, 1).refused?.code).toBe('refund_limit_reached');
  });
});

describe('a refund that the channel declines for now is sent again', () => {
  test.each([
    ['its balance is too low', 'insufficient_funds', [60_000, 120_000, 240_000]],
    ['it does not find its own order', 'channel_unavailable', [1_000, 2_000, 4_000]],
  ] as const)('after longer and longer: %s', (_, code, waits) => {
    const bench = paidByCard();
    refund(bench, 500);
    for (const wait of waits) {
      bench.send('refund');
      bench.end('refund', { kind: 'declined', failure: failureOf(code, { code: null, message: null }) }); // prettier-ignore
      expect(bench.open('refund').run_at - bench.now).toBe(wait);
      bench.now += wait;
    }
  });
});

test('a refund that a person has sent anew names the one that could not be delivered', () => {
  const bench = paidByCard();
  refund(bench, 500);
  bench.end('refund', said(500, 'needs_attention'));
  const case_id = bench.payment.cases[0]!.id;
  bench.tell({ kind: 'command', command: { name: 'resolve', case_id, decision: 'retry', reason: 'a new card' } }); // prettier-ignore
  const [first, second] = bench.payment.refunds;
  expect([first!.retry_of, second!.retry_of]).toEqual([null, first!.id]);
  expect(second).toMatchObject({ status: 'processing', amount: 500, origin: 'merchant' });
});

describe('a refund that was given up and is delivered after all', () => {
  const declined = failureOf('not_permitted', { code: 'x', message: null });
  const decide = (bench: Bench, decision: 'retry' | 'paid_otherwise' | 'treat_as_paid' | 'treat_as_unpaid') => {
    const open = bench.payment.cases.find(({ status }) => status === 'open');
    return bench.tell({ kind: 'command', command: { name: 'resolve', case_id: open!.id, decision, reason: 'x' } });
  };
  const told = (bench: Bench, nth: number, status: 'succeeded' | 'failed' | 'needs_attention') =>
    bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[nth]!.id, answer: said(500, status) });
  const undelivered = (wallet?: 'wal_1') => {
    const bench = paidByCard(wallet && { wallet_id: wallet });
    refund(bench, 500);
    bench.end('refund', said(500, 'needs_attention'));
    return bench;
  };
  const statuses = (bench: Bench) => bench.payment.refunds.map(({ status }) => status);
  const open = (bench: Bench) => bench.payment.cases.filter(({ status }) => status === 'open');

  test('says the channel when it is asked once more: its second try is not sent', () => {
    const bench = undelivered();
    decide(bench, 'retry');
    expect(bench.verbs()).toEqual(['query_refund']);
    bench.end('query_refund', said(500, 'succeeded'));
    expect([statuses(bench), bench.verbs(), open(bench)]).toEqual([['succeeded', 'failed'], [], []]);
    expect(bench.balance('channel_clearing')).toBe(1_499);
  });

  test('is sent again when the channel still says that it could not, or does not answer', () => {
    for (const answer of [said(500, 'needs_attention'), { kind: 'unknown', detail: 'timeout' } as const]) {
      const bench = undelivered();
      decide(bench, 'retry');
      bench.end('query_refund', answer);
      expect(bench.open('refund').channel_key).toBe(bench.payment.refunds[1]!.id);
    }
  });

  test('while the second try may be leaving: that one counts only if it left', () => {
    for (const left of [false, true]) {
      const bench = undelivered();
      decide(bench, 'retry');
      bench.end('query_refund', said(500, 'needs_attention'));
      told(bench, 0, 'succeeded');
      bench.end('query_refund', said(500, 'succeeded'));
      expect(bench.open('refund')).toMatchObject({ fenced: true });
      bench.end('refund', left ? said(500, 'succeeded') : { kind: 'never_sent', detail: 'fenced' });
      expect(statuses(bench)).toEqual(['succeeded', left ? 'succeeded' : 'failed']);
      expect(open(bench)).toHaveLength(left ? 1 : 0);
      expect(bench.balance('channel_clearing')).toBe(left ? 999 : 1_499);
    }
  });

  test('beside its second try: both are booked, and a person is told that the payer has it twice', () => {
    const bench = undelivered();
    decide(bench, 'retry');
    bench.end('query_refund', said(500, 'needs_attention'));
    bench.end('refund', said(500, 'succeeded'));
    told(bench, 0, 'succeeded');
    expect(statuses(bench)).toEqual(['failed', 'succeeded']); // it may be an old word: the channel is asked
    const { events } = bench.end('query_refund', said(500, 'succeeded'));
    expect(events.map(({ type }) => type)).toEqual(['refund.succeeded', 'payment.conflict', 'case.opened']);
    expect(shown(bench)).toEqual(['succeeded', 1_000, 0]);
    expect(bench.balance('channel_clearing')).toBe(999);
    expect(open(bench)).toMatchObject([{ kind: 'conflict', refund_id: bench.payment.refunds[0]!.id }]);
  });

  test.each(['treat_as_paid', 'treat_as_unpaid'] as const)('stays booked whatever a person decides, and is not asked about twice: %s', (decision) => {
    const bench = undelivered();
    decide(bench, 'paid_otherwise');
    for (let times = 0; times < 2; times += 1) {
      told(bench, 0, 'succeeded');
      if (bench.verbs().length > 0) bench.end('query_refund', said(500, 'succeeded'));
      expect([bench.balance('channel_clearing'), bench.balance('paid_otherwise')]).toEqual([1_499, -500]);
      expect(bench.balance('merchant_payable')).toBe(-999);
      if (times === 0) decide(bench, decision);
      expect(open(bench)).toEqual([]);
    }
  });

  test('of a decision alone, is no old word of a channel that asked says the same as before', () => {
    const bench = undelivered();
    decide(bench, 'retry');
    bench.end('query_refund', said(500, 'needs_attention'));
    bench.end('refund', said(500, 'succeeded'));
    told(bench, 0, 'succeeded');
    bench.end('query_refund', said(500, 'needs_attention'));
    expect([statuses(bench), open(bench)]).toEqual([['failed', 'succeeded'], []]);
  });

  test('that bounces again leaves nothing to decide', () => {
    const bench = undelivered();
    decide(bench, 'retry');
    bench.end('query_refund', said(500, 'needs_attention'));
    bench.end('refund', said(500, 'succeeded'));
    told(bench, 0, 'succeeded');
    bench.end('query_refund', said(500, 'succeeded'));
    told(bench, 0, 'failed');
    expect([statuses(bench), open(bench)]).toEqual([['failed', 'succeeded'], []]);
    expect(bench.balance('channel_clearing')).toBe(1_499);
  });

  describe('beside what a person has paid out, and then comes back to the channel,', () => {
    const beside = () => {
      const bench = undelivered();
      decide(bench, 'paid_otherwise');
      told(bench, 0, 'succeeded');
      bench.end('query_refund', said(500, 'succeeded'));
      return bench;
    };
    const comesBack = (bench: Bench, status: 'failed' | 'needs_attention') => {
      told(bench, 0, status);
      bench.end('query_refund', said(500, status)); // the notice alone may be of its first trouble
    };
    const balances = (bench: Bench) => [bench.balance('channel_clearing'), bench.balance('paid_otherwise'), bench.balance('merchant_payable')];

    test.each(['failed', 'needs_attention'] as const)('is booked back, and leaves nothing to decide: %s', (status) => {
      const bench = beside();
      expect(open(bench)).toHaveLength(1);
      comesBack(bench, status);
      expect([balances(bench), open(bench), shown(bench)]).toEqual([[1_999, -500, -1_499], [], ['succeeded', 500, 0]]);
      for (const again of ['failed', 'needs_attention'] as const) told(bench, 0, again);
      expect([balances(bench), bench.verbs()]).toEqual([[1_999, -500, -1_499], []]);
    });

    test('is not booked back for an old word', () => {
      const bench = beside();
      told(bench, 0, 'needs_attention');
      bench.end('query_refund', said(500, 'succeeded'));
      expect([balances(bench), open(bench).length]).toEqual([[1_499, -500, -999], 1]);
    });

    test('is not booked back for a word that it is under way, or about another amount', () => {
      const bench = beside();
      const reference = bench.payment.refunds[0]!.id;
      for (const answer of [said(500, 'processing'), said(400, 'failed'), said(400, 'needs_attention')]) {
        bench.tell({ kind: 'evidence', about: 'refund', reference, answer });
        expect([balances(bench), open(bench).length, bench.verbs()]).toEqual([[1_499, -500, -999], 1, []]);
      }
    });

    test('may be delivered once more: it is booked, and put before a person again', () => {
      const bench = beside();
      comesBack(bench, 'failed');
      told(bench, 0, 'succeeded');
      bench.end('query_refund', said(500, 'succeeded'));
      expect([balances(bench), open(bench).length]).toEqual([[1_499, -500, -999], 1]);
    });

    test('after a person has settled that the payer has it twice, is put before him again', () => {
      const bench = beside();
      decide(bench, 'treat_as_paid');
      comesBack(bench, 'failed');
      expect([balances(bench), open(bench)]).toMatchObject([[1_999, -500, -1_499], [{ kind: 'conflict', detail: expect.stringContaining('came back') }]]);
      decide(bench, 'treat_as_unpaid');
      expect([balances(bench), open(bench), statuses(bench)]).toEqual([[1_999, -500, -1_499], [], ['succeeded']]);
    });
  });

  describe('in another amount', () => {
    const tells = (bench: Bench, answer: RefundAnswer) =>
      bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[0]!.id, answer });
    const refused = () => {
      const bench = paidByCard();
      refund(bench, 500);
      bench.end('refund', { kind: 'declined', failure: declined });
      return bench;
    };
    const given = { refused, 'made anew': () => { const bench = undelivered(); decide(bench, 'retry'); bench.end('query_refund', said(500, 'needs_attention')); return bench; }, 'paid otherwise': () => { const bench = undelivered(); decide(bench, 'paid_otherwise'); return bench; } };

    test.each(['refused', 'made anew', 'paid otherwise'] as const)('is put before a person, with both amounts, once: %s', (how) => {
      const bench = given[how]();
      const { postings: booked } = structuredClone({ postings: bench.postings });
      for (let times = 0; times < 2; times += 1) {
        tells(bench, { kind: 'disagrees', detail: 'says 400 CNY, asked 500 CNY' }); // no evidence: the channel is asked
        bench.end('query_refund', said(400, 'succeeded'));
        expect(bench.payment.cases.filter(({ kind }) => kind === 'conflict')).toMatchObject([{ refund_id: bench.payment.refunds[0]!.id }]);
        const { detail } = bench.payment.cases.at(-1)!;
        expect([detail.includes('5.00 CNY'), detail.includes('4.00 CNY')]).toEqual([true, true]);
        expect(bench.postings).toEqual(booked);
        if (times === 0) decide(bench, 'treat_as_unpaid');
        expect([open(bench), bench.payment.refunds.length]).toEqual([[], how === 'made anew' ? 2 : 1]);
      }
    });

    test('says a person went back as it was booked here: it has succeeded', () => {
      const bench = refused();
      bench.tell({ kind: 'command', command: { name: 'sync' } });
      bench.end('query_refund', said(400, 'succeeded'));
      expect(open(bench)).toMatchObject([{ kind: 'conflict' }]);
      decide(bench, 'treat_as_paid');
      expect([statuses(bench), bench.balance('channel_clearing')]).toEqual([['succeeded'], 1_499]);
    });

    test('that did not go, or is on its way, is nothing', () => {
      for (const status of ['processing', 'failed', 'needs_attention'] as const) {
        const bench = refused();
        bench.tell({ kind: 'command', command: { name: 'sync' } });
        bench.end('query_refund', said(400, status));
        expect(bench.payment.cases).toEqual([]);
      }
    });
  });

  test('though its call was refused: it counts at once, and a person is told', () => {
    const bench = paidByCard();
    refund(bench);
    bench.end('refund', { kind: 'declined', failure: declined });
    bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[0]!.id, answer: said(1_999, 'succeeded') });
    expect([statuses(bench), open(bench)]).toMatchObject([['succeeded'], [{ kind: 'conflict' }]]);
    expect(bench.balance('channel_clearing')).toBe(0);
    expect(refund(bench).refused?.code).toBe('refund_exceeds_captured');
  });

  test('though its call was refused: a sync finds it, as the bill has it done', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.send('refund');
    bench.end('refund', { kind: 'declined', failure: declined });
    bench.tell({ kind: 'command', command: { name: 'sync' } });
    bench.end('query_refund', said(500, 'succeeded'));
    expect([statuses(bench), open(bench)]).toMatchObject([['succeeded'], [{ kind: 'conflict' }]]);
  });

  test('though its call was refused: what the merchant has asked for instead does not leave', () => {
    const bench = paidByCard();
    refund(bench);
    bench.end('refund', { kind: 'declined', failure: declined });
    refund(bench);
    bench.tell({ kind: 'evidence', about: 'refund', reference: bench.payment.refunds[0]!.id, answer: said(1_999, 'succeeded') });
    bench.end('refund', { kind: 'never_sent', detail: 'fenced' });
    expect(statuses(bench)).toEqual(['succeeded', 'failed']);
    expect(bench.payment.refunds[1]!.failure!.channel_message).toContain('delivered after all');
    expect(bench.balance('channel_clearing')).toBe(0);
  });

  test('of which the channel said itself that it failed, is an older word', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', { kind: 'declined', failure: declined });
    for (const status of ['failed', 'succeeded'] as const) told(bench, 0, status);
    expect([statuses(bench), open(bench), bench.verbs()]).toEqual([['failed'], [], []]);
  });

  test.each([
    [1_999, -1_499, 0],
    [500, -1_499, 0],
    [499, -1_999, 500],
    [0, -1_999, 500],
  ])('of a top-up is the wallet\'s, or the merchant\'s when it is spent: %i left', (left, wallet, merchant) => {
    const bench = undelivered('wal_1');
    decide(bench, 'retry');
    bench.end('query_refund', said(500, 'needs_attention'));
    bench.end('refund', { kind: 'declined', failure: declined });
    bench.walletAvailable = toMinor(left);
    told(bench, 0, 'succeeded');
    bench.end('query_refund', said(500, 'succeeded'));
    expect([bench.balance('wallet'), bench.balance('merchant_payable')]).toEqual([wallet, merchant]);
    expect(open(bench)).toMatchObject([{ kind: 'conflict' }]);
  });
}); // prettier-ignore
