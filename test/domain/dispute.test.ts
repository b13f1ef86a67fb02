import fc from 'fast-check';

import type { Dispute, DisputeNotice } from '../../src/domain/dispute.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import { paymentObject } from '../../src/domain/payment-object.ts';
import { type Bench, cny, noDetails, paidByCard } from '../support/payment.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 500);

const complaint: DisputeNotice = {
  kind: 'dispute',
  channel_reference: 'dp_1',
  amount: toMinor(1_999),
  currency: cny,
  status: 'opened',
  channel_status: 'needs_response',
  stage: 'chargeback',
  reason: 'fraudulent',
  channel_reason: 'fraudulent',
  due_by: '2026-12-10T00:00:00.000Z',
  is_withdrawn: null,
  ordinal: 1,
};

function hear(bench: Bench, ...notices: Partial<DisputeNotice>[]): Bench {
  for (const notice of notices)
    bench.tell({
      kind: 'evidence', about: 'dispute', reference: bench.attempt.id, answer: { ...complaint, ...notice },
    }); // prettier-ignore
  return bench;
}

const refund = (bench: Bench, amount: number | null = null) =>
  bench.tell({ kind: 'command', command: { name: 'refund', amount: amount === null ? null : toMinor(amount), reason: null } }); // prettier-ignore

const gaveBack = (amount: number, status: 'succeeded' | 'needs_attention' = 'succeeded') =>
  ({ kind: 'refund', status, channel_reference: 're_1', amount: toMinor(amount), currency: cny }) as const; // prettier-ignore

const amounts = (bench: Bench) => {
  const { status, amount_captured, amount_disputed } = paymentObject(bench.payment, noDetails) as Record<string, unknown>; // prettier-ignore
  return { status, amount_captured, amount_disputed };
};

const books = (bench: Bench) =>
  ['channel_clearing', 'disputed', 'merchant_payable'].map((account) => bench.balance(account as 'disputed')); // prettier-ignore

const withdrawn = { ordinal: 2, is_withdrawn: true } as const;
const won = { ordinal: 4, status: 'won', channel_status: 'won' } as const;
const returned = { ...won, ordinal: 3, is_withdrawn: false } as const;
const lost = { ordinal: 4, status: 'lost', channel_status: 'lost' } as const;

describe('a dispute', () => {
  test('stands beside its payment, which stays paid', () => {
    const bench = hear(paidByCard(), {});
    expect(amounts(bench)).toEqual({ status: 'succeeded', amount_captured: 1_999, amount_disputed: 1_999 }); // prettier-ignore
    expect(bench.payment.disputes).toMatchObject([{ id: expect.stringMatching(/^dsp_/), status: 'opened', amount: 1_999 }]); // prettier-ignore
    expect(bench.events.at(-1)).toBe('dispute.opened');
    expect(books(bench)).toEqual([1_999, 0, -1_999]);
  });

  test('whose money the channel has withdrawn is nobody’s loss yet', () => {
    const bench = hear(paidByCard(), {}, withdrawn);
    expect(books(bench)).toEqual([0, 1_999, -1_999]);
    expect(bench.events.at(-1)).toBe('dispute.updated');
  });

  test('that is won gives the money back and bars nothing any more', () => {
    const bench = hear(paidByCard(), {}, withdrawn, returned, won);
    expect(amounts(bench)).toMatchObject({ status: 'succeeded', amount_disputed: 0 });
    expect(books(bench)).toEqual([1_999, 0, -1_999]);
    expect(bench.events.filter((type) => type.startsWith('dispute'))).toEqual([
      'dispute.opened', 'dispute.updated', 'dispute.won',
    ]); // prettier-ignore
    expect(refund(bench).refused).toBeUndefined();
  });

  test('that is lost is the merchant’s loss, and stays in `amount_disputed`', () => {
    const bench = hear(paidByCard(), {}, withdrawn, lost);
    expect(amounts(bench)).toMatchObject({ status: 'succeeded', amount_disputed: 1_999 });
    expect(books(bench)).toEqual([0, 0, 0]);
    expect(bench.events.at(-1)).toBe('dispute.lost');
  });

  test('of a top-up that is lost is the merchant’s loss too: the wallet may have spent it', () => {
    const bench = hear(paidByCard({ wallet_id: 'wal_1' }), {}, withdrawn, lost);
    expect(bench.balance('wallet')).toBe(-1_999);
    expect(bench.balance('merchant_payable')).toBe(1_999);
  });

  test('that a bank takes up again after it was lost and gives back is regained', () => {
    const bench = hear(paidByCard(), {}, withdrawn, lost, { ...won, ordinal: 5, is_withdrawn: false }); // prettier-ignore
    expect(books(bench)).toEqual([1_999, 0, -1_999]);
    hear(bench, { ...lost, ordinal: 6, is_withdrawn: true, stage: 'arbitration' });
    expect(books(bench)).toEqual([0, 0, 0]);
    const booked = bench.postings.filter(({ reason }) => reason.startsWith('dispute'));
    expect(new Set(booked.map(({ reason, subject }) => `${reason} ${subject}`)).size).toBe(booked.length); // prettier-ignore
  });

  test('that is taken up again gives nothing back until the channel says so, and contests what it then does', () => {
    const part = { amount: toMinor(1_200) };
    const bench = hear(paidByCard(), {}, { ...lost, ...part, is_withdrawn: true });
    expect(amounts(bench)).toMatchObject({ amount_disputed: 1_200 });
    hear(bench, { ordinal: 5, status: 'under_review' });
    expect(books(bench)).toEqual([799, 1_200, -1_999]);
    expect(amounts(bench)).toMatchObject({ amount_disputed: 1_999 });
    hear(bench, { ...lost, ...part, ordinal: 6, is_withdrawn: true });
    expect(books(bench)).toEqual([799, 0, -799]);
  });

  test('that is lost without money took none, and bars none', () => {
    const bench = hear(paidByCard(), {}, { ...lost, is_withdrawn: false });
    expect(bench.payment.disputes).toMatchObject([{ status: 'lost', amount: 1_999 }]);
    expect(amounts(bench)).toMatchObject({ amount_disputed: 0 });
    expect(refund(bench).refused).toBeUndefined();
    expect(bench.payment.refunds).toMatchObject([{ amount: 1_999 }]);
  });

  test('that was over before we heard that it began is not opened again', () => {
    const bench = hear(paidByCard(), lost, withdrawn, {});
    expect(bench.payment.disputes).toMatchObject([{ status: 'lost', channel_status: 'lost' }]);
    expect(books(bench)).toEqual([0, 0, 0]);
    expect(bench.events.filter((type) => type.startsWith('dispute'))).toEqual(['dispute.lost', 'dispute.updated']); // prettier-ignore
  });

  test('told again is no news to anybody', () => {
    const bench = hear(paidByCard(), {});
    const { sequence } = bench.payment;
    const heard = bench.events.length;
    hear(bench, {}, {});
    expect([bench.payment.sequence, bench.events.length]).toEqual([sequence, heard]);
  });

  test('read back from the database, told by an older notice, is not written again', () => {
    const bench = hear(paidByCard(), { ordinal: 2 });
    const [{ heard }] = bench.payment.disputes as [Dispute];
    expect(Object.keys(heard)).toEqual(['money', 'words', 'status']); // jsonb: by length, then by letters
    const { sequence } = bench.payment;
    expect(hear(bench, { ordinal: 1 }).payment.sequence).toBe(sequence);
  });

  test('in a status that we do not know stays where it stood, and shows the channel’s word', () => {
    const bench = hear(paidByCard(), { status: 'under_review' }, { ordinal: 9, status: null, channel_status: 'prevented' }); // prettier-ignore
    expect(bench.payment.disputes).toMatchObject([{ status: 'under_review', channel_status: 'prevented' }]); // prettier-ignore
    expect(bench.events.at(-1)).toBe('dispute.updated');
  });

  test('in a status that we do not know stays an inquiry, and is still settled by a refund', () => {
    const unknown = { ordinal: 9, status: null, channel_status: 'prevented' } as const;
    for (const notices of [
      [{ stage: 'inquiry' }, unknown],
      [unknown, { stage: 'inquiry' }],
    ] as const) {
      const bench = hear(paidByCard(), ...notices);
      expect(bench.payment.disputes).toMatchObject([{ stage: 'inquiry', channel_status: 'prevented' }]); // prettier-ignore
      expect(refund(bench).refused).toBeUndefined();
    }
  });

  test('in another currency is none', () => {
    const bench = hear(paidByCard(), { currency: 'USD' as typeof cny });
    expect(bench.payment.disputes).toEqual([]);
  });

  describe('of more than was asked for', () => {
    const resolve = (bench: Bench, decision: 'treat_as_paid' | 'treat_as_unpaid') =>
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'a fee' } }); // prettier-ignore

    test('is one of all that was paid, and a person looks into the rest', () => {
      const bench = hear(paidByCard(), { amount: toMinor(2_500) }, { ...withdrawn, amount: toMinor(2_500) }); // prettier-ignore
      expect(amounts(bench)).toMatchObject({ status: 'succeeded', amount_disputed: 1_999 });
      expect(books(bench)).toEqual([0, 1_999, -1_999]);
      expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open', receipt_reference: 'dp_1', detail: expect.stringContaining('25.00 CNY') }]); // prettier-ignore
      expect(refund(bench, 1).refused?.code).toBe('refund_exceeds_captured');
    });

    test.each(['treat_as_paid', 'treat_as_unpaid'] as const)('is looked into once, and no money moves by that: %s', (decision) => {
      const bench = hear(paidByCard(), { amount: toMinor(2_500) });
      resolve(bench, decision);
      hear(bench, { ...withdrawn, amount: toMinor(2_500) });
      expect(bench.payment.cases).toMatchObject([{ status: 'resolved' }]);
      expect(bench.attempt.status).toBe('paid');
      expect(books(bench)).toEqual([0, 1_999, -1_999]);
    }); // prettier-ignore
  });

  test('of another number is another one', () => {
    const bench = hear(paidByCard(), { amount: toMinor(500) }, { channel_reference: 'dp_2', amount: toMinor(300) }); // prettier-ignore
    expect(amounts(bench)).toMatchObject({ amount_disputed: 800 });
  });
});

describe('a refund of what is disputed', () => {
  test('is refused, for the payer would get it twice; the rest goes back', () => {
    const bench = hear(paidByCard(), { amount: toMinor(1_500) });
    const { refused } = refund(bench, 500);
    expect(refused?.code).toBe('refund_exceeds_captured');
    expect(refused?.detail).toContain('15.00 CNY of it is disputed');
    expect(refund(bench).refused).toBeUndefined();
    expect(bench.payment.refunds).toMatchObject([{ amount: 499 }]);
  });

  test('is refused for ever once it is lost', () => {
    const bench = hear(paidByCard(), {}, withdrawn, lost);
    expect(refund(bench, 1).refused?.code).toBe('refund_exceeds_captured');
  });

  test('that was made before it is booked beside it: the channel has paid the payer twice', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.end('refund', gaveBack(500));
    hear(bench, withdrawn, lost);
    expect(books(bench)).toEqual([-500, 0, 500]);
    expect(refund(bench, 1).refused?.code).toBe('refund_exceeds_captured');
  });

  const declinedForNow = (amount: number) => {
    const bench = paidByCard();
    refund(bench, amount);
    bench.send('refund');
    bench.end('refund', { kind: 'declined', failure: failureOf('insufficient_funds', { code: 'x', message: null }) }); // prettier-ignore
    return bench;
  };

  test('that waits to be sent again does not leave any more', () => {
    const bench = hear(declinedForNow(500), {});
    expect(bench.payment.refunds).toMatchObject([{ status: 'failed', failure: { channel_message: expect.stringContaining('disputed') } }]); // prettier-ignore
    expect(bench.events).toContain('refund.failed');
    expect(bench.verbs()).toEqual([]);
  });

  test('that waits still goes out where the dispute leaves enough; what was asked for last goes first', () => {
    const bench = hear(declinedForNow(500), { amount: toMinor(1_000) });
    expect(bench.payment.refunds).toMatchObject([{ status: 'processing' }]);
    expect(bench.verbs()).toEqual(['refund']);
    refund(bench, 400);
    const [, second] = bench.openOperations();
    bench.tell({ kind: 'outcome', operation: second!.id, answer: { kind: 'never_sent', detail: 'x' } }); // prettier-ignore
    hear(bench, { channel_reference: 'dp_2', amount: toMinor(200) });
    expect(bench.payment.refunds).toMatchObject([{ status: 'processing' }, { status: 'failed' }]);
  });

  test('that may be leaving when it comes is fenced, and its own end says whether it left', () => {
    const fenced = () => {
      const bench = paidByCard();
      refund(bench, 500);
      hear(bench, {});
      expect(bench.payment.refunds).toMatchObject([{ status: 'processing' }]);
      expect(bench.open('refund')).toMatchObject({ fenced: true });
      return bench;
    };
    const stopped = fenced();
    stopped.end('refund', { kind: 'never_sent', detail: 'fenced' });
    expect(stopped.payment.refunds).toMatchObject([{ status: 'failed' }]);
    expect(stopped.verbs()).toEqual([]);
    const gone = fenced();
    gone.end('refund', gaveBack(500));
    expect(gone.payment.refunds).toMatchObject([{ status: 'succeeded' }]);
  });

  test('that left and was not answered is asked about, and not sent again', () => {
    const bench = paidByCard();
    refund(bench, 500);
    bench.send('refund');
    hear(bench, {}, withdrawn);
    bench.end('refund', 'silent');
    expect(bench.verbs()).toEqual(['query_refund']);
    expect(bench.open('query_refund')).toMatchObject({ awaits: 'answer' });
    bench.now += 60_000;
    bench.end('query_refund', { kind: 'not_found' });
    expect(bench.payment.refunds).toMatchObject([{ status: 'failed' }]);
    expect(bench.verbs()).toEqual([]);
  });

  describe('that could not be delivered', () => {
    const undeliverable = (...notices: Partial<DisputeNotice>[]) => {
      const bench = paidByCard();
      refund(bench);
      bench.end('refund', gaveBack(1_999, 'needs_attention'));
      return hear(bench, ...notices);
    };
    const retry = (bench: Bench) =>
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision: 'retry', reason: 'a new card' } }); // prettier-ignore

    test('is not made again while a dispute is open', () => {
      const bench = undeliverable({}, withdrawn);
      const { refused } = retry(bench);
      expect(refused).toMatchObject({ code: 'case_decision_not_allowed', detail: expect.stringContaining('is disputed') }); // prettier-ignore
      expect(bench.payment.refunds).toMatchObject([{ status: 'needs_attention' }]);
      expect(bench.payment.cases).toMatchObject([{ status: 'open' }]);
    });

    test('is made again once the dispute is won', () => {
      const bench = undeliverable({}, withdrawn, returned, won);
      expect(retry(bench).refused).toBeUndefined();
      expect(bench.payment.refunds).toMatchObject([{ status: 'failed' }, { status: 'processing' }]);
    });

    test('needs nobody once the dispute is lost: the payer has his money', () => {
      const bench = undeliverable({}, withdrawn, lost);
      expect(bench.payment.refunds).toMatchObject([{ status: 'failed' }]);
      expect(bench.payment.cases).toMatchObject([{ status: 'resolved', decision: null, reason: expect.stringContaining('lost') }]); // prettier-ignore
    });
  });

  test('settles an inquiry', () => {
    const bench = hear(paidByCard(), { stage: 'inquiry' });
    expect(amounts(bench)).toMatchObject({ amount_disputed: 1_999 });
    expect(refund(bench).refused).toBeUndefined();
    hear(bench, { ...lost, stage: 'inquiry' });
    expect(amounts(bench)).toMatchObject({ amount_disputed: 0 });
  });

  test('is refused after an inquiry that the merchant settled at the channel, as far as no refund of ours explains it', () => {
    const inquiry = { stage: 'inquiry', amount: toMinor(1_500) } as const;
    const bench = hear(paidByCard(), inquiry);
    refund(bench, 600);
    bench.now += 1_000;
    hear(bench, { ...lost, ...inquiry });
    expect(amounts(bench)).toMatchObject({ amount_disputed: 900 });
    bench.now += 1_000;
    expect(refund(bench, 500).refused?.detail).toContain('4.99 CNY that are left');
    expect(refund(bench, 499).refused).toBeUndefined();
    expect(amounts(bench)).toMatchObject({ amount_disputed: 900 });
    expect(refund(bench, 1).refused?.code).toBe('refund_exceeds_captured');
  });
});

/** What a channel may tell of one dispute, in the order in which it happened. */
const story: fc.Arbitrary<DisputeNotice[]> = fc
  .array(
    fc.record({
      status: fc.constantFrom('opened', 'under_review', 'won', 'lost', null),
      stage: fc.constantFrom('inquiry', 'chargeback', 'arbitration'),
      is_withdrawn: fc.constantFrom(true, false, null),
      amount: fc.integer({ min: 1, max: 2_100 }).map(toMinor),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((told) => told.map((one, ordinal) => ({ ...complaint, ...one, ordinal })));

/** What must not depend on the order in which notices arrive; the number of postings may. */
const outcome = (bench: Bench) => {
  const { heard: _h, movements: _m, ...shown } = bench.payment.disputes[0] as Dispute;
  return { shown, books: books(bench), amounts: amounts(bench) };
};

test('notices of a dispute may come in any order and any number of times', () => {
  const disordered = story.chain(
    (told) =>
    fc.tuple(fc.constant(told), fc.shuffledSubarray([...told, ...told], { minLength: 2 * told.length })), // prettier-ignore
  );
  fc.assert(
    fc.property(disordered, ([told, shuffled]) => {
      const [straight, crooked] = [hear(paidByCard(), ...told), hear(paidByCard(), ...shuffled)];
      expect(outcome(crooked)).toEqual(outcome(straight));
      expect(crooked.payment.disputes[0]!.heard).toEqual(straight.payment.disputes[0]!.heard);
    }),
    { numRuns },
  );
});

test('whatever is told, the books are whole, and nobody loses what was not withdrawn', () => {
  fc.assert(
    fc.property(story, (told) => {
      const bench = paidByCard();
      for (const notice of told) {
        hear(bench, notice);
        const [clearing = 0, disputed = 0, merchant = 0] = books(bench);
        expect(clearing + disputed + merchant).toBe(0);
        const { amount_withdrawn, amount_lost } = bench.payment.disputes[0]!;
        const taken = told.filter(
          (one) => one.is_withdrawn === true && one.ordinal <= notice.ordinal,
        );
        expect([0, Math.min(1_999, taken.at(-1)?.amount ?? 0)]).toContain(amount_withdrawn);
        expect([0, amount_withdrawn]).toContain(amount_lost);
        expect([clearing, disputed]).toEqual([1_999 - amount_withdrawn, amount_withdrawn - amount_lost]); // prettier-ignore
      }
    }),
    { numRuns },
  );
});

describe('disputes of one payment', () => {
  const second = { ...withdrawn, channel_reference: 'dp_2' };

  test('that have withdrawn more in all than was taken are a person’s to look at, once, and stay booked', () => {
    const bench = hear(paidByCard(), withdrawn, second, { ...second, ordinal: 3 });
    expect(bench.payment.cases).toMatchObject([
      {
        kind: 'conflict',
        receipt_reference: 'dp_2',
        detail: 'the dispute dp_2 and others have withdrawn 39.98 CNY in all, of 19.99 CNY that were taken',
      },
    ]);
    expect(books(bench)).toEqual([-1_999, 3_998, -1_999]);
    const [one] = bench.payment.cases;
    bench.tell({ kind: 'command', command: { name: 'resolve', case_id: one!.id, decision: 'treat_as_unpaid', reason: 'seen' } });
    expect(books(bench)).toEqual([-1_999, 3_998, -1_999]);
    hear(bench, { ...second, ordinal: 5 });
    expect(bench.payment.cases).toHaveLength(1);
  });

  test('of parts, or one after the other, are nobody’s to look at', () => {
    const parts = hear(paidByCard(), { ...withdrawn, amount: toMinor(999) }, { ...second, amount: toMinor(1_000) });
    expect(parts.payment.cases).toEqual([]);
    const after = hear(paidByCard(), withdrawn, returned, second);
    expect(after.payment.cases).toEqual([]);
  });
}); // prettier-ignore
