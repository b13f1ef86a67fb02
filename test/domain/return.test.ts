import fc from 'fast-check';

import { toCurrency } from '../../src/domain/currency.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer, Authorised, CaptureNotice, QueryAnswer } from '../../src/domain/outcome.ts';
import { Bench, cny, paid } from '../support/payment.ts';

const page: Answer = {
  kind: 'action_required',
  next_action: { type: 'redirect', url: 'https://bank.example/3ds' },
  code_ends_at: null,
};
const lost = { kind: 'unknown', detail: 'ECONNRESET' } as const;
const refused: QueryAnswer = {
  kind: 'declined',
  failure: failureOf('card_declined', { code: '2', message: 'Refused' }),
};
const day = 86_400_000;

function made(answer: Answer, capture: 'automatic' | 'manual' = 'automatic'): Bench {
  const bench = new Bench({ method: 'ideal', capture });
  bench.send('create');
  bench.end('create', answer);
  return bench;
}

/** The payer was sent away and is back. */
function returned(id = 'cbk_1'): Bench {
  const bench = made(page);
  bench.callback({ kind: 'returned', id: id as 'cbk_1' });
  return bench;
}

const held: Answer = {
  kind: 'held',
  channel_reference: 'PSP1',
  held: toMinor(1_999),
  captured: toMinor(0),
  currency: cny,
  ends_at: '2026-12-01T00:00:00Z',
  is_over: false,
};
const authorised: Authorised = {
  kind: 'authorised',
  channel_reference: '4200001',
  amount: toMinor(1_999),
  currency: cny,
  at: '2026-11-24T00:00:05Z',
  ends_at: '2026-12-01T00:00:05Z',
};

describe('an order that takes the money when it is made', () => {
  test('pays at once, and keeps the channel’s number for what comes later', () => {
    const bench = made(paid());
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.attempt.handle).toBe('4200001');
    expect(bench.verbs()).toEqual([]);
  });

  test('lost, is sent again under the same key without a question, for nobody can be asked', () => {
    const bench = new Bench({ method: 'ideal' });
    const { channel_key } = bench.open('create');
    bench.send('create');
    bench.end('create', lost);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    expect(bench.verbs()).toEqual(['create']);
    expect(bench.open('create').channel_key).toBe(channel_key);
    bench.send('create');
    bench.end('create', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('lost, and refused when it is sent again, is not refused: the first may still be executed', () => {
    const bench = made(lost);
    bench.end('create', refused);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.callback(refused);
    expect(bench.payment.status).toBe('requires_payment_method');
  });

  test('lost and given up, is not sent again and not believed dead before the report is out', () => {
    const bench = made(lost);
    bench.cancel();
    expect(bench.payment).toMatchObject({ status: 'canceling', outcome: 'unknown' });
    expect(bench.verbs()).toEqual(['query']);
    const { run_at, settles_at } = bench.open('query');
    expect(run_at - bench.now).toBe(day); // its money may stand in the first report
    expect((settles_at ?? 0) - bench.now).toBeGreaterThan(21 * day);
    bench.now = settles_at ?? 0;
    bench.end('query', { kind: 'not_found' });
    expect(bench.payment.status).toBe('canceled');
  });

  test('lost and given up, is paid when the channel tells of its money', () => {
    const bench = made(lost);
    bench.cancel();
    bench.callback(authorised);
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.attempt.handle).toBe('4200001');
  });

  test('of which nobody says anything for 30 days is a person’s to decide', () => {
    const bench = made(lost);
    bench.cancel();
    bench.now = bench.open('query').not_after;
    bench.end('query', lost);
    expect(bench.payment.cases).toMatchObject([{ kind: 'outcome_unknown', status: 'open' }]);
  });
});

describe('a payer who is sent elsewhere', () => {
  test('is waited for, and what he brings back is confirmed under its own number', () => {
    const bench = made(page);
    expect(bench.payment.status).toBe('requires_action');
    bench.callback({ kind: 'returned', id: 'cbk_1' });
    expect(bench.payment.status).toBe('processing');
    expect(bench.open('confirm').channel_key).toBe('cbk_1');
    bench.send('confirm');
    bench.end('confirm', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('and comes back twice, is confirmed once', () => {
    const bench = returned();
    bench.callback({ kind: 'returned', id: 'cbk_1' });
    expect(bench.verbs().filter((verb) => verb === 'confirm')).toHaveLength(1);
    bench.send('confirm');
    bench.end('confirm', { kind: 'pending' });
    bench.callback({ kind: 'returned', id: 'cbk_1' });
    expect(bench.verbs()).toEqual(['query']);
  });

  test('whose place somebody takes with a return that means nothing, is heard all the same', () => {
    const bench = returned('cbk_forged');
    bench.send('confirm');
    bench.callback({ kind: 'returned', id: 'cbk_1' });
    bench.end('confirm', { kind: 'refused', detail: '422 Invalid redirectResult' });
    expect(bench.open('confirm').channel_key).toBe('cbk_1');
    bench.end('confirm', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('after a return that means nothing, has yet to come, and sees the same page', () => {
    const bench = returned('cbk_forged');
    bench.send('confirm');
    bench.end('confirm', { kind: 'refused', detail: '422 Invalid redirectResult' });
    expect(bench.payment).toMatchObject({ status: 'requires_action', outcome: 'known' });
    expect(bench.attempt).toMatchObject({ next_action: { type: 'redirect' }, returns: [] });
  });

  test('for whose confirmation he must go once more is confirmed by what he brings then', () => {
    const bench = returned();
    bench.send('confirm');
    bench.end('confirm', page);
    expect(bench.payment.status).toBe('requires_action');
    bench.callback({ kind: 'returned', id: 'cbk_2' });
    expect(bench.open('confirm').channel_key).toBe('cbk_2');
  });

  test.each(['cancel', 'expire'] as const)('ends at once by a %s before he is back', (giveUp) => {
    const bench = made(page);
    bench[giveUp]();
    expect(bench.payment.status).toBe('canceled');
    bench.callback({ kind: 'returned', id: 'cbk_1' });
    expect(bench.verbs()).toEqual([]);
    expect(bench.payment.status).toBe('canceled');
  });

  test('whose lost confirmation may have taken the money is not given up without proof', () => {
    const bench = returned();
    bench.send('confirm');
    bench.end('confirm', lost);
    expect(bench.open('confirm').channel_key).toBe('cbk_1');
    bench.cancel();
    expect(bench.payment).toMatchObject({ status: 'canceling', outcome: 'unknown' });
    bench.callback(authorised);
    expect(bench.payment.status).toBe('succeeded');
  });

  test('cannot be made up where nobody was sent anywhere: a lost create stays unknown', () => {
    const bench = made(lost);
    bench.callback({ kind: 'returned', id: 'cbk_forged' });
    expect(bench.attempt).toMatchObject({ created: 'maybe', returns: [] });
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
  });
});

describe('a hold of which nobody can be asked', () => {
  const notice = (bench: Bench, answer: CaptureNotice, nth = 0) =>
    bench.tell({ kind: 'evidence', about: 'capture', reference: bench.payment.captures[nth]?.id ?? '', answer }); // prettier-ignore
  const captured: CaptureNotice = { kind: 'captured', amount: toMinor(1_999), currency: cny };

  /** A hold whose capture the channel has accepted. */
  function capturing(amount: number | null = null, is_final = false): Bench {
    const bench = made(held, 'manual');
    const asked = amount === null ? null : toMinor(amount);
    bench.tell({ kind: 'command', command: { name: 'capture', amount: asked, is_final } });
    bench.send('capture');
    bench.end('capture', { kind: 'pending' });
    return bench;
  }

  test('is captured when the channel tells so, and not when it has only accepted it', () => {
    const bench = capturing();
    expect(bench.payment).toMatchObject({ status: 'requires_capture', outcome: 'known' });
    expect(bench.verbs()).toEqual(['query']);
    notice(bench, captured);
    notice(bench, captured);
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.balance('channel_clearing')).toBe(1_999);
    expect(bench.verbs()).toEqual([]);
  });

  test('that is captured once gives the rest back with the capture', () => {
    const bench = capturing(500, true);
    notice(bench, { ...captured, amount: toMinor(500) });
    expect(bench.payment).toMatchObject({ status: 'succeeded' });
    expect(bench.balance('merchant_payable')).toBe(-500);
  });

  test('stands when its capture has failed', () => {
    const bench = capturing();
    notice(bench, refused);
    expect(bench.payment.status).toBe('requires_capture');
    expect(bench.payment.captures).toMatchObject([{ status: 'failed' }]);
  });

  test('whose capture fails after it had succeeded is a person’s to look at', () => {
    const bench = capturing();
    notice(bench, captured);
    notice(bench, { kind: 'bounced', detail: 'CAPTURE_FAILED' });
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
    expect(bench.events).toContain('payment.conflict');
  });

  describe('whose capture the channel took after it had said that it failed', () => {
    const decide = (bench: Bench, decision: 'treat_as_paid' | 'treat_as_unpaid') =>
      bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'the report' } }); // prettier-ignore
    const taken = (again: number | null = null) => {
      const bench = capturing(500, true);
      notice(bench, refused);
      if (again !== null) bench.tell({ kind: 'command', command: { name: 'capture', amount: toMinor(again), is_final: true } }); // prettier-ignore
      notice(bench, { ...captured, amount: toMinor(500) });
      expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', receipt_reference: bench.payment.captures[0]!.id }]); // prettier-ignore
      return bench;
    };

    test('pays with what was captured, and not with the whole order', () => {
      const bench = taken();
      decide(bench, 'treat_as_paid');
      expect(bench.payment).toMatchObject({ status: 'succeeded', captures: [{ status: 'succeeded', failure: null, amount: 500 }] }); // prettier-ignore
      expect(bench.balance('channel_clearing')).toBe(500);
      expect(bench.balance('merchant_payable')).toBe(-500);
      notice(bench, { ...captured, amount: toMinor(500) });
      expect(bench.balance('channel_clearing')).toBe(500);
    });

    test('pays with that one, and another that was begun meanwhile fails', () => {
      const bench = taken(700);
      decide(bench, 'treat_as_paid');
      expect(bench.payment).toMatchObject({ status: 'succeeded', captures: [{ status: 'succeeded' }, { status: 'failed' }] }); // prettier-ignore
      expect(bench.balance('channel_clearing')).toBe(500);
      expect(bench.verbs()).not.toContain('capture');
    });

    test('pays nothing when a person finds that nothing was taken', () => {
      const bench = taken();
      decide(bench, 'treat_as_unpaid');
      expect(bench.balance('channel_clearing')).toBe(0);
    });
  });

  test('of another amount than was asked for is never booked', () => {
    const bench = capturing();
    notice(bench, { ...captured, amount: toMinor(1_998) });
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    expect(bench.balance('channel_clearing')).toBe(0);
  });

  test('whose capture was lost is captured again under the same key', () => {
    const bench = made(held, 'manual');
    bench.tell({ kind: 'command', command: { name: 'capture', amount: null, is_final: false } });
    const { channel_key } = bench.open('capture');
    bench.send('capture');
    bench.end('capture', lost);
    expect(bench.open('capture').channel_key).toBe(channel_key);
  });

  test('is given back without a question, and over when the channel tells so', () => {
    const bench = made(held, 'manual');
    bench.cancel();
    expect(bench.verbs()).toEqual(['void']);
    bench.send('void');
    bench.end('void', { kind: 'closed' });
    expect(bench.payment.status).toBe('canceling');
    bench.callback({ kind: 'closed' });
    expect(bench.payment.status).toBe('canceled');
  });

  test('that was given back is not held again by the old word that it is authorised', () => {
    const bench = made(held, 'manual');
    bench.cancel();
    bench.end('void', { kind: 'closed' });
    bench.callback({ kind: 'closed' });
    bench.callback({ ...authorised, channel_reference: 'PSP1' });
    expect(bench.payment.status).toBe('canceled');
    expect(bench.verbs()).toEqual([]);
  });

  test('is held by notice when its create was lost', () => {
    const bench = made(lost, 'manual');
    bench.callback(authorised);
    expect(bench.payment.status).toBe('requires_capture');
    expect(bench.attempt).toMatchObject({ handle: '4200001', held: 1_999 });
    expect(bench.attempt.capture_before).toBe(Date.parse('2026-12-01T00:00:05Z'));
  });
});

describe('an answer that told another amount than was asked for', () => {
  const conflict = (capture: 'automatic' | 'manual' = 'automatic') =>
    capture === 'automatic'
      ? made(paid({ amount: toMinor(1_998) }))
      : made({ ...held, channel_reference: '4200001', held: toMinor(1_998) }, 'manual');
  const isOpen = (bench: Bench) => bench.payment.cases.some((one) => one.status === 'open');
  const notify = (bench: Bench, answer: Authorised) =>
    bench.tell({ kind: 'evidence', about: 'attempt', reference: bench.attempt.id, order: answer.channel_reference, answer }); // prettier-ignore

  test('is answered by the notice of the agreed one, which pays once', () => {
    const bench = conflict();
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.callback(authorised);
    expect(bench.payment).toMatchObject({ status: 'succeeded', outcome: 'known' });
    expect(bench.payment.cases).toMatchObject([{ status: 'resolved', decision: 'treat_as_paid' }]);
    expect(bench.callback(authorised).changed).toBe(false);
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('is answered by no notice of anything else', () => {
    const told = fc.record({
      amount: fc.constantFrom(1, 1_998, 1_999, 2_000, 199_900).map(toMinor),
      currency: fc.constantFrom(cny, toCurrency('EUR')),
      channel_reference: fc.constantFrom('4200001', 'PSP2'),
    });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 4 }), (notices) => {
        const bench = conflict();
        for (const one of notices) notify(bench, { ...authorised, ...one });
        const isPaid = notices.some(
          ({ amount, currency, channel_reference }) =>
            amount === 1_999 && currency === cny && channel_reference === '4200001',
        );
        expect(bench.payment.status).toBe(isPaid ? 'succeeded' : 'processing');
        expect(bench.attempt.frozen).toBe(isPaid ? null : 'disagrees');
        expect(bench.balance('merchant_payable') + (isPaid ? 1_999 : 0)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('stays a person’s when the channel has told, too, that the money bounced', () => {
    const bench = conflict();
    bench.callback({ kind: 'bounced', detail: 'CAPTURE_FAILED' });
    bench.callback(authorised);
    expect(bench.payment.status).toBe('processing');
    expect(bench.payment.cases.filter((one) => one.status === 'open')).toHaveLength(2);
  });

  test('stays a person’s when the report says so, too', () => {
    const bench = conflict();
    bench.tell({ kind: 'command', command: { name: 'sync' } });
    bench.end('query', paid({ amount: toMinor(1_998) }));
    bench.callback(authorised);
    expect(bench.payment.status).toBe('processing');
    expect(isOpen(bench)).toBe(true);
  });

  test('stays a person’s when it told of a hold', () => {
    const bench = conflict('manual');
    bench.callback(authorised);
    expect(bench.payment.status).toBe('processing');
    expect(isOpen(bench)).toBe(true);
  });
});

test('money that bounces after it was taken never un-pays, and a person must look', () => {
  const bench = made(paid());
  bench.callback({ kind: 'bounced', detail: 'CAPTURE_FAILED' });
  expect(bench.payment.status).toBe('succeeded');
  expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
});

test.each(['treat_as_paid', 'treat_as_unpaid'] as const)(
  'money that bounced and is decided as %s sends nothing back: there is one receipt, and the channel settles the rest',
  (decision) => {
    const bench = made(paid());
    bench.callback({ kind: 'bounced', detail: 'CAPTURE_FAILED' });
    const case_id = bench.payment.cases[0]!.id;
    const command = { name: 'resolve', case_id, decision, reason: 'the channel says so' } as const; // prettier-ignore
    bench.tell({ kind: 'command', command });
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.attempt.receipts).toHaveLength(1);
    expect(bench.payment.refunds).toEqual([]);
    expect(bench.verbs()).toEqual([]);
  },
);

test('a refund that was accepted waits for the channel’s word', () => {
  const bench = made(paid());
  bench.tell({ kind: 'command', command: { name: 'refund', amount: null, reason: null } });
  bench.send('refund');
  const told = { kind: 'refund', status: 'processing', channel_reference: 'PSP2', amount: toMinor(1_999), currency: cny } as const; // prettier-ignore
  bench.end('refund', told);
  expect(bench.open('query_refund').run_at - bench.now).toBe(day);
  const reference = bench.payment.refunds[0]?.id ?? '';
  bench.tell({ kind: 'evidence', about: 'refund', reference, answer: { ...told, status: 'succeeded' } }); // prettier-ignore
  expect(bench.payment.refunds).toMatchObject([{ status: 'succeeded' }]);
  expect(bench.verbs()).toEqual([]);
});
