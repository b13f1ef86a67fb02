import fc from 'fast-check';

import { acceptedShortfall, policyByDefault } from '../../src/domain/credit-policy.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import { paymentObject } from '../../src/domain/payment-object.ts';
import { isAnswered, viewOf } from '../../src/domain/view.ts';
import { Bench, choiceOf, noDetails, paid, qrCode, timing } from '../support/payment.ts';
import { credit, credited, creditedBy, transferOf, waiting } from '../support/transfer.ts';

const eur = toCurrency('EUR');
const back = (bench: Bench) =>
  bench.payment.refunds.map(({ receipt_reference, amount, currency, origin, reason }) => ({ receipt_reference, amount, currency, origin, reason })); // prettier-ignore
const books = (bench: Bench) => ({
  clearing: bench.balance('channel_clearing'),
  merchant: bench.balance('merchant_payable'),
  payer: bench.balance('payer_payable'),
});

describe('at an account that accepts a little less', () => {
  const within = { underpayment: { accept_within: { CNY: 50 } } } as const;

  test.each([
    ['missing no more than that', [1_949], 'succeeded', 1_949],
    ['missing more', [1_948], 'requires_action', 0],
    ['whose parts add up to it', [1_000, 949], 'succeeded', 1_949],
  ] as const)('a transfer %s pays, and what came is booked', (_, amounts, status, taken) => {
    const bench = waiting();
    bench.end('query', creditedBy(within, ...amounts.map((amount, i) => credit(`CR${i}`, amount))));
    expect(bench.payment).toMatchObject({ status, refunds: [] });
    expect(paymentObject(bench.payment, noDetails)).toMatchObject({ amount: 1_999, amount_captured: taken }); // prettier-ignore
    expect(books(bench).merchant + taken).toBe(0);
  });

  test('what is missing and comes later goes back, and no more than came is ever refunded', () => {
    const bench = waiting();
    bench.end('query', creditedBy(within, credit('CR1', 1_950)));
    bench.callback(creditedBy(within, credit('CR1', 1_950), credit('CR2', 49)));
    expect(back(bench)).toMatchObject([{ receipt_reference: 'CR2', amount: 49 }]);
    bench.tell({ kind: 'command', command: { name: 'refund', amount: null, reason: null } });
    expect(back(bench)).toMatchObject([{ amount: 49 }, { amount: 1_950, origin: 'merchant' }]);
    transferOf(bench).returnAll();
    expect(books(bench)).toEqual({ clearing: 0, merchant: 0, payer: 0 });
  });

  test('never more than a tenth of an order, and nothing in a currency that it does not name', () => {
    const order = { amount: toMinor(100), currency: eur };
    const policy = { ...policyByDefault, underpayment: { accept_within: { EUR: 500 } } };
    expect(acceptedShortfall(policy, order)).toBe(10);
    expect(acceptedShortfall(policy, { ...order, currency: toCurrency('USD') })).toBe(0);
  });
});

test('at an account that refunds what is too little it goes back at once, and the order waits for all', () => {
  const bench = waiting();
  const refunds = { underpayment: 'refund' } as const;
  bench.end('query', creditedBy(refunds, credit('CR1', 1_000)));
  expect(bench.payment.status).toBe('requires_action');
  expect(back(bench)).toMatchObject([{ receipt_reference: 'CR1', amount: 1_000, reason: 'paid less than the order' }]); // prettier-ignore
  bench.callback(creditedBy(refunds, credit('CR1', 1_000), credit('CR2', 1_999)));
  expect(bench.payment.status).toBe('succeeded');
  transferOf(bench).returnAll();
  expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
});

test.each(['refund', 'accept'] as const)('at an account that asks about a surplus it waits for a person, and goes back: %s', (decision) => {
  const bench = waiting();
  bench.end('query', creditedBy({ overpayment: 'case' }, credit('CR1', 2_400)));
  expect(bench.payment).toMatchObject({ status: 'succeeded', late: false, refunds: [] });
  expect(bench.payment.cases).toMatchObject([{ kind: 'late_money', detail: '4.01 CNY is over: paid more than the order' }]);
  expect(books(bench)).toEqual({ clearing: 2_400, merchant: -1_999, payer: -401 });
  bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'looked at' } });
  expect(back(bench)).toMatchObject([{ receipt_reference: 'CR1', amount: 401, origin: 'duplicate', reason: 'paid more than the order' }]);
  transferOf(bench).returnAll();
  expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
}); // prettier-ignore

describe('transfers under one number', () => {
  test('in the exact amount pay the order, and nothing goes back', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 1_999)));
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
  });

  test('of less leave it open, booked as the payer’s, and the next question waits', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400)));
    expect(bench.payment).toMatchObject({ status: 'requires_action', outcome: 'known', paid_by: null, refunds: [] });
    expect(books(bench)).toEqual({ clearing: 400, merchant: 0, payer: -400 });
    expect(bench.open('query')).toMatchObject({ awaits: 'change', run_at: bench.now + 5_000 });
    expect(paymentObject(bench.payment, noDetails)).toMatchObject({
      amount_captured: 0, attempts: [{ amount_captured: 400, amount_refunded: 0 }], next_action: { type: 'await_transfer' },
    });
  }); // prettier-ignore

  test('that add up to the amount pay it', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400)));
    bench.end('query', credited(credit('CR1', 400), credit('CR2', 1_599)));
    expect(bench.payment).toMatchObject({ status: 'succeeded', late: false, refunds: [] });
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
    expect(paymentObject(bench.payment, noDetails)).toMatchObject({ amount_captured: 1_999 });
  });

  test('of more pay it, and the surplus goes back', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400), credit('CR2', 2_000)));
    expect(bench.payment.status).toBe('succeeded');
    expect(back(bench)).toEqual([
      { receipt_reference: 'CR2', amount: 401, currency: 'CNY', origin: 'duplicate', reason: 'paid more than the order' },
    ]); // prettier-ignore
    expect(paymentObject(bench.payment, noDetails)).toMatchObject({
      amount: 1_999, amount_captured: 1_999, amount_refunding: 0, attempts: [{ amount_captured: 2_400 }],
    }); // prettier-ignore
    transferOf(bench).returnAll();
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
  });

  test('after the order was paid go back, each in full', () => {
    const bench = waiting();
    bench.callback(paid());
    bench.callback({ kind: 'changed' });
    bench.end('query', credited(credit('4200001', 1_999), credit('CR2', 1_999), credit('CR3', 5)));
    expect(back(bench)).toMatchObject([
      { receipt_reference: 'CR2', amount: 1_999, origin: 'duplicate' },
      { receipt_reference: 'CR3', amount: 5, origin: 'duplicate' },
    ]);
  });

  test('in another currency go back at once, and leave the order open', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 1_999, eur), credit('CR2', 100)));
    expect(bench.payment).toMatchObject({ status: 'requires_action', late: false });
    expect(back(bench)).toEqual([
      { receipt_reference: 'CR1', amount: 1_999, currency: 'EUR', origin: 'duplicate', reason: 'not the currency of the order' },
    ]); // prettier-ignore
    expect(paymentObject(bench.payment, noDetails)).toMatchObject({
      attempts: [{ amount_captured: 100 }],
    });
  });

  test.each(['cancel', 'expire'] as const)(
    'of too little go back after a %s, when the number is proved to be closed',
    (giveUp) => {
      const bench = waiting();
      bench.end('query', credited(credit('CR1', 400)));
      bench[giveUp]();
      bench.end('query', credited(credit('CR1', 400)));
      bench.end('close', { kind: 'closed' });
      expect(bench.payment).toMatchObject({ status: 'canceling', refunds: [] });
      bench.end('query', { ...credited(credit('CR1', 400), credit('CR2', 7)), is_closed: true });
      expect(bench.payment).toMatchObject({ status: 'canceled', late: false });
      expect(back(bench)).toMatchObject([
        {
          receipt_reference: 'CR1',
          amount: 400,
          origin: 'duplicate',
          reason: 'paid less than the order',
        },
        { receipt_reference: 'CR2', amount: 7 },
      ]);
      transferOf(bench).returnAll();
      expect(books(bench)).toEqual({ clearing: 0, merchant: 0, payer: 0 });
    },
  );

  test('that come while it is being closed still pay it', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400)));
    bench.cancel();
    bench.end('query', credited(credit('CR1', 400), credit('CR2', 1_599)));
    expect(bench.payment.status).toBe('succeeded');
  });

  test('of too little go back before another method begins', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400)));
    bench.tell({
      kind: 'command',
      command: { name: 'confirm', choice: choiceOf('wechat_pay_qr') },
    });
    bench.end('query', credited(credit('CR1', 400)));
    bench.end('close', { kind: 'closed' });
    bench.end('query', { ...credited(credit('CR1', 400)), is_closed: true });
    expect(bench.payment.attempts.map((one) => one.status)).toEqual(['closed', 'planned']);
    expect(back(bench)).toMatchObject([{ receipt_reference: 'CR1', amount: 400 }]);
  });
});

describe('transfers after the end', () => {
  const ended = (late_money: 'accept' | 'refund' | 'hold') => {
    const bench = waiting({ late_money });
    bench.cancel();
    bench.end('query', { kind: 'closed' });
    bench.callback({ kind: 'changed' });
    return bench;
  };

  test.each([
    ['refund', 'canceled', 1],
    ['accept', 'succeeded', 0],
    ['hold', 'canceled', 0],
  ] as const)('in the exact amount follow the rule for late money: %s', (rule, status, refunds) => {
    const bench = ended(rule);
    bench.end('query', { ...credited(credit('CR1', 1_999)), is_closed: true });
    expect(bench.payment).toMatchObject({ status, late: true });
    expect(bench.payment.refunds).toHaveLength(refunds);
  });

  test.each(['refund', 'accept', 'hold'] as const)(
    'in another amount go back, each alone, whatever the rule: %s',
    (rule) => {
      const bench = ended(rule);
      bench.end('query', { ...credited(credit('CR1', 1_000), credit('CR2', 999)), is_closed: true });
      expect(bench.payment).toMatchObject({ status: 'canceled', late: true, cases: [] });
      expect(back(bench)).toMatchObject([
        { receipt_reference: 'CR1', amount: 1_000, origin: 'late' },
        { receipt_reference: 'CR2', amount: 999, origin: 'late' },
      ]);
    },
  ); // prettier-ignore
});

describe('what no notice tells of', () => {
  const day = 86_400_000;
  const lookOf = (bench: Bench) => bench.open('query');
  const viewAt = (bench: Bench, at: number) => viewOf(bench.payment, at, timing);

  test('is looked for once, a day after the payer’s time, and no run is open until then', () => {
    const bench = waiting();
    bench.callback(paid());
    const look = lookOf(bench);
    expect(look).toMatchObject({ awaits: 'answer', run_at: bench.payment.expires_at + day });
    expect(viewAt(bench, bench.now)).toMatchObject({ final: true, outstanding: [] });
    expect(viewAt(bench, bench.now).due).toEqual({
      what: expect.stringMatching(/^query /),
      in_ms: look.run_at - bench.now,
    });
    expect(viewAt(bench, look.run_at)).toMatchObject({
      final: false,
      outstanding: [{ id: look.id }],
    });
    bench.now = look.run_at;
    bench.end('query', { ...credited(credit('4200001', 1_999)), is_closed: true });
    expect(bench.verbs()).toEqual([]);
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
  });

  test('goes back when it is found: a second transfer, and one to what was canceled', () => {
    for (const isPaid of [true, false]) {
      const bench = waiting();
      if (isPaid) bench.callback(paid());
      else {
        bench.cancel();
        bench.end('query', { kind: 'closed' });
      }
      bench.now = lookOf(bench).run_at;
      const told = isPaid ? [credit('4200001', 1_999)] : [];
      bench.end('query', { ...credited(...told, credit('CR2', 700)), is_closed: true });
      expect(back(bench)).toMatchObject([{ receipt_reference: 'CR2', amount: 700 }]);
    }
  });

  test('is not looked for anew when the number was asked about since, nor where one payment pays an order', () => {
    const bench = waiting();
    bench.callback(paid());
    bench.tell({ kind: 'command', command: { name: 'sync' } }); // early: it must be looked at all the same
    expect(isAnswered(bench.payment)).toBe(false);
    bench.end('query', credited(credit('4200001', 1_999)));
    expect(isAnswered(bench.payment)).toBe(true); // who waits for the sync does not wait for the look
    expect(bench.verbs()).toEqual(['query']);
    bench.now = lookOf(bench).run_at + 1;
    bench.callback({ kind: 'changed' });
    bench.end('query', credited(credit('4200001', 1_999)));
    expect(bench.verbs()).toEqual([]);
    const byCode = new Bench();
    byCode.end('create', qrCode);
    byCode.callback(paid());
    expect(byCode.verbs()).toEqual([]);
  });

  test('stays unknown when the bank says nothing for 30 days, and nobody is asked about an order that is paid', () => {
    const bench = waiting();
    bench.callback(paid());
    bench.now = lookOf(bench).not_after;
    bench.end('query', { kind: 'unknown', detail: 'no answer' });
    expect(bench.verbs()).toEqual([]);
    expect(bench.payment).toMatchObject({ status: 'succeeded', outcome: 'known', cases: [] });
  });
});

describe('a notice that something changed', () => {
  test('is asked about at once, also while a question is under way that may have been answered before', () => {
    const bench = waiting();
    const before = bench.open('query').id;
    bench.callback({ kind: 'changed' });
    expect(bench.open('query')).toMatchObject({ awaits: 'answer', run_at: bench.now });
    expect(bench.open('query').id).not.toBe(before);
    const second = bench.open('query').id;
    bench.callback({ kind: 'changed' });
    expect(bench.open('query').id).not.toBe(second);
  });

  test('books nothing by itself', () => {
    const bench = waiting();
    bench.callback({ kind: 'changed' });
    expect(bench.attempt.receipts).toEqual([]);
  });
});

describe('a person’s word about an order that is paid in part', () => {
  const disputed = () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400)));
    bench.end('query', credited(credit('CR1', 401)));
    return bench;
  };
  const resolve = (bench: Bench, decision: 'treat_as_paid' | 'treat_as_unpaid') =>
    bench.tell({
      kind: 'command',
      command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'seen' },
    });

  test('is asked for when a credit changes', () => {
    const bench = disputed();
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    expect(bench.payment.cases).toMatchObject([
      { kind: 'conflict', status: 'open', detail: 'CR1 was 4.00 CNY, and is 4.01 CNY now' },
    ]);
  });

  test('that it is paid vouches for what is missing', () => {
    const bench = disputed();
    resolve(bench, 'treat_as_paid');
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
  });

  test('that it is not sends the parts back', () => {
    const bench = disputed();
    resolve(bench, 'treat_as_unpaid');
    expect(back(bench)).toMatchObject([{ receipt_reference: 'CR1', amount: 400 }]);
  });
});

describe('a credit that is told with another amount than before', () => {
  const sync = { kind: 'command', command: { name: 'sync' } } as const;
  const decide = (bench: Bench, decision: 'treat_as_paid' | 'treat_as_unpaid') =>
    bench.tell({
      kind: 'command',
      command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'seen' },
    });
  const first = credit('CR1', 1_000);
  const less = credit('CR1', 10);
  const rest = credit('CR2', 999);
  const all = credit('CR2', 1_999);

  test.each([
    ['the rest in the same answer', [credited(less, rest)]],
    ['the rest before it in that answer', [credited(rest, less)]],
    ['the rest in the next answer', [credited(less), credited(less, rest)]],
    ['all of it', [credited(less), credited(less, all)]],
    ['all of it, by a notice', [credited(less), { kind: 'approved', receipt: all } as const]],
  ])('is a person’s to decide, whatever comes beside it: %s', (_, answers) => {
    const bench = waiting();
    bench.end('query', credited(first));
    for (const answer of answers) bench.callback(answer);
    expect(bench.payment).toMatchObject({ status: 'processing', paid_by: null, refunds: [] });
    expect(bench.payment.cases).toMatchObject([{ status: 'open', receipt_reference: 'CR1' }]);
    expect(books(bench).merchant).toBe(0);
  });

  test('pays with what came meanwhile when a person says so, and what is over goes back', () => {
    const bench = waiting();
    bench.end('query', credited(first));
    bench.callback(credited(less, all));
    decide(bench, 'treat_as_paid');
    expect(bench.payment).toMatchObject({ status: 'succeeded' });
    expect(back(bench)).toMatchObject([{ receipt_reference: 'CR2', amount: 1_000, reason: 'paid more than the order' }]); // prettier-ignore
    transferOf(bench).returnAll();
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
  });

  test('sends back what came meanwhile when a person says that it is not paid', () => {
    const bench = waiting();
    bench.end('query', credited(first));
    bench.callback(credited(less, rest));
    decide(bench, 'treat_as_unpaid');
    transferOf(bench).returnAll();
    expect(books(bench)).toEqual({ clearing: 0, merchant: 0, payer: 0 });
  });

  test('is decided without a cent lost, whatever came meanwhile', () => {
    const decision = fc.constantFrom('treat_as_paid' as const, 'treat_as_unpaid' as const);
    const amounts = fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 5 });
    fc.assert(
      fc.property(
        decision,
        fc.integer({ min: 1, max: 1_998 }),
        amounts,
        (decided, begun, later) => {
          const bench = waiting();
          bench.end('query', credited(credit('CR1', begun)));
          const came = later.map((amount, i) => credit(`CR${i + 2}`, amount));
          bench.callback(credited(credit('CR1', 1_999), ...came));
          expect(bench.payment.paid_by).toBeNull();
          decide(bench, decided);
          transferOf(bench).returnAll();
          const paid = decided === 'treat_as_paid' ? 1_999 : 0;
          expect(books(bench)).toEqual({ clearing: paid, merchant: 0 - paid, payer: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is a case of an order that is paid, too, once, and moves nothing', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 1_999)));
    const tell = () => {
      bench.tell(sync);
      bench.end('query', credited(credit('CR1', 1)));
    };
    tell();
    tell();
    expect(bench.payment).toMatchObject({ status: 'succeeded', outcome: 'known' });
    expect(bench.payment.cases).toMatchObject([
      { kind: 'conflict', status: 'open', detail: 'CR1 was 19.99 CNY, and is 0.01 CNY now' },
    ]);
    decide(bench, 'treat_as_unpaid');
    tell();
    expect(bench.payment.cases).toHaveLength(1);
    expect(bench.events.filter((type) => type === 'payment.conflict')).toHaveLength(1);
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
  });

  test('stays a case when late money in the exact amount comes beside it', () => {
    const bench = waiting({ late_money: 'accept' });
    bench.cancel();
    bench.end('query', { kind: 'closed' });
    bench.callback(credited(first));
    bench.callback(credited(less, all));
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.payment.cases).toMatchObject([{ status: 'open', receipt_reference: 'CR1' }]);
  });
});

describe('an order of which the bank told another amount', () => {
  const conflict = () => {
    const bench = waiting();
    bench.end('query', { kind: 'disagrees', detail: 'asked about 19.99 CNY, told about 19.98 CNY' });
    return bench;
  };
  const one = credit('CR1', 1_000);
  const rest = credit('CR2', 999);
  const all = credit('CR1', 1_999);

  test.each([
    ['in one credit', 'CR1', [credited(all)]],
    ['in two', 'CR2', [credited(one), credited(one, rest)]],
    ['by a notice', 'CR1', [{ kind: 'approved', receipt: all } as const]],
    ['told twice', 'CR1', [credited(all), credited(all)]],
    ['beside money of another currency', 'CR1', [credited(credit('CR3', 500, eur), all)]],
  ])('is paid when the agreed amount comes: %s', (_, number, answers) => {
    const bench = conflict();
    for (const answer of answers) bench.callback(answer);
    expect(bench.payment).toMatchObject({ status: 'succeeded', outcome: 'known' });
    expect(bench.payment.cases).toMatchObject([{ status: 'resolved', decision: 'treat_as_paid' }]);
    expect(bench.attempt.channel_reference).toBe(number);
    transferOf(bench).returnAll();
    expect(books(bench)).toEqual({ clearing: 1_999, merchant: -1_999, payer: 0 });
  });

  test.each([
    ['less comes', [credited(one)]],
    ['more comes', [credited(credit('CR1', 2_000))]],
    ['it comes in another currency', [credited(credit('CR1', 1_999, eur))]],
    ['what adds up to it is told with a credit that has changed', [credited(one), credited(credit('CR1', 1_001), rest)]],
    ['what adds up to it is not all that came', [credited(one), credited(credit('CR2', 1_999))]],
  ])('stays a person’s to decide when %s', (_, answers) => {
    const bench = conflict();
    for (const answer of answers) bench.callback(answer);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown', paid_by: null });
    expect(bench.payment.cases).toMatchObject([{ kind: 'conflict', status: 'open' }]);
    expect(books(bench).merchant).toBe(0);
  });

  test('is paid by what was kept before there was this rule, when that is told again', () => {
    const bench = conflict();
    const { attempt } = bench;
    const kept = { ...attempt, receipts: [{ ...all, use: 'part' as const }] };
    bench.payment = { ...bench.payment, attempts: [kept] };
    bench.callback(credited(all));
    expect(bench.payment.status).toBe('succeeded');
  });

  test('is paid by nothing but the whole agreed amount, and by every credit once', () => {
    const amounts = fc.array(fc.constantFrom(1, 999, 1_000, 1_998, 1_999, 2_000), { maxLength: 4 });
    fc.assert(
      fc.property(amounts, fc.array(fc.nat(4), { maxLength: 6 }), (came, looks) => {
        const bench = conflict();
        const list = came.map((amount, i) => credit(`CR${i}`, amount));
        let paidBy: number | null = null;
        for (const seen of looks) {
          const told = list.slice(0, seen);
          if (told.length > 0) bench.callback(credited(...told));
          const total = told.reduce((sum, { amount }) => sum + amount, 0);
          const isAll = bench.attempt.receipts.length === told.length;
          if (total === 1_999 && isAll) paidBy ??= total;
        }
        expect(bench.payment.paid_by !== null).toBe(paidBy !== null);
        transferOf(bench).returnAll();
        expect(books(bench).merchant).toBe(paidBy === null ? 0 : -1_999);
        const parts = bench.attempt.receipts.filter(({ use }) => use === 'part');
        const kept = parts.reduce((sum, { amount }) => sum + amount, 0);
        expect(books(bench)).toMatchObject({ clearing: (paidBy ?? 0) + kept, payer: 0 - kept });
      }),
      { numRuns: 500 },
    );
  });
}); // prettier-ignore
