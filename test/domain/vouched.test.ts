import fc from 'fast-check';

import type { Decision } from '../../src/domain/case.ts';
import { toMinor } from '../../src/domain/money.ts';
import { askingMs } from '../../src/domain/operation.ts';
import type { Held } from '../../src/domain/outcome.ts';
import { Bench, cny, paid, qrCode } from '../support/payment.ts';
import { awaitTransfer, credit, credited, waiting } from '../support/transfer.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 1_000);

const decide = (bench: Bench, decision: Decision) =>
  bench.tell({
    kind: 'command',
    command: { name: 'resolve', case_id: bench.payment.cases[0]!.id, decision, reason: 'the bill' },
  });

/** The channel has said nothing for 30 days, and a person is asked. */
function silent(bench: Bench): Bench {
  bench.now += askingMs + 3_600_000;
  bench.end('query', { kind: 'unknown', detail: 'no answer' });
  expect(bench.payment.cases).toMatchObject([{ kind: 'outcome_unknown', status: 'open' }]);
  return bench;
}

function unanswered(given: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench(given);
  bench.end('create', qrCode);
  return silent(bench);
}

const receiptsOf = (bench: Bench) =>
  bench.attempt.receipts.map(({ channel_reference, amount, use }) => [channel_reference, amount, use]); // prettier-ignore
const books = (bench: Bench) =>
  [bench.balance('channel_clearing'), bench.balance('merchant_payable'), bench.balance('payer_payable')]; // prettier-ignore

describe('money that a person vouched for', () => {
  test('is numbered by his case until the channel tells its own number', () => {
    const bench = unanswered();
    decide(bench, 'treat_as_paid');
    const [asked] = bench.payment.cases;
    expect(receiptsOf(bench)).toEqual([[asked!.id, 1_999, 'order']]);
    bench.callback(paid({ paid_at: '2026-11-24T00:07:00Z' }));
    expect(receiptsOf(bench)).toEqual([['4200001', 1_999, 'order']]);
    expect(bench.attempt).toMatchObject({ channel_reference: '4200001', receipts: [{ paid_at: '2026-11-24T00:07:00Z' }] }); // prettier-ignore
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
    expect(books(bench)).toEqual([1_999, -1_999, 0]);
    expect(bench.events).not.toContain('payment.duplicate_receipt');
  });

  test('and more of it: the second receipt is a second payment', () => {
    const bench = unanswered();
    decide(bench, 'treat_as_paid');
    bench.callback(paid());
    bench.callback(paid({ channel_reference: '4200002' }));
    expect(receiptsOf(bench)).toEqual([['4200001', 1_999, 'order'], ['4200002', 1_999, 'duplicate']]); // prettier-ignore
  });

  test('is not what the channel tells in another amount: that is a conflict', () => {
    const bench = unanswered();
    decide(bench, 'treat_as_paid');
    bench.callback(paid({ amount: toMinor(1_998) }));
    expect(receiptsOf(bench)).toEqual([[bench.payment.cases[0]!.id, 1_999, 'order']]);
    expect(bench.events).toContain('payment.conflict');
    expect(bench.payment.refunds).toEqual([]);
  });

  test('is what completes the parts of a transfer', () => {
    const bench = waiting();
    bench.end('query', credited(credit('CR1', 400)));
    silent(bench);
    decide(bench, 'treat_as_paid');
    bench.callback(credited(credit('CR1', 400), credit('CR2', 1_599)));
    expect(receiptsOf(bench)).toEqual([['CR1', 400, 'order'], ['CR2', 1_599, 'order']]); // prettier-ignore
    expect(bench.payment.refunds).toEqual([]);
    expect(books(bench)).toEqual([1_999, -1_999, 0]);
  });

  test('takes its refunds and cases along to the channel’s number', () => {
    const bench = unanswered();
    decide(bench, 'treat_as_paid');
    bench.tell({ kind: 'command', command: { name: 'refund', amount: null, reason: null } });
    bench.callback(paid());
    expect(bench.payment.refunds).toMatchObject([
      { receipt_reference: '4200001', origin: 'merchant' },
    ]);
  });

  const vouchedBy = (method: string) => {
    const bench = new Bench({ method });
    bench.end('create', method === 'bank_transfer' ? awaitTransfer : qrCode);
    silent(bench);
    decide(bench, 'treat_as_paid');
    return bench;
  };
  const refund = (bench: Bench) =>
    bench.tell({ kind: 'command', command: { name: 'refund', amount: null, reason: null } }).refused; // prettier-ignore

  test('goes back by a refund where the channel needs no number of its own for it', () => {
    expect(refund(vouchedBy('wechat_pay_qr'))).toBeUndefined();
  });

  test.each(['bank_transfer', 'ideal'])('by %s is not refunded under a number that the channel has not given', (method) => {
    expect(refund(vouchedBy(method))).toMatchObject({ code: 'payment_not_refundable', detail: expect.stringContaining('its own number') });
  }); // prettier-ignore

  test('is refunded when the channel has told its number', () => {
    const bench = vouchedBy('bank_transfer');
    bench.callback(credited(credit('CR1', 1_999)));
    expect(refund(bench)).toBeUndefined();
  });

  test('pays once, in whatever order the person and the channel say so, and however often', () => {
    const saying = fc.constantFrom('person', 'callback', 'sync');
    fc.assert(
      fc.property(fc.array(saying, { minLength: 1, maxLength: 6 }), (said) => {
        const bench = unanswered();
        for (const word of said) {
          if (word === 'person') decide(bench, 'treat_as_paid');
          if (word === 'callback') bench.callback(paid());
          if (word !== 'sync') continue;
          bench.tell({ kind: 'command', command: { name: 'sync' } });
          bench.end('query', paid());
        }
        expect(receiptsOf(bench)).toHaveLength(1);
        expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [] });
        expect(books(bench)).toEqual([1_999, -1_999, 0]);
        if (said.some((word) => word !== 'person'))
          expect(bench.attempt.receipts[0]).toMatchObject({ channel_reference: '4200001' });
      }),
      { numRuns },
    );
  });
});

describe('a capture that nobody answered for', () => {
  const held = (captured: number, is_over = false): Held => ({
    kind: 'held', channel_reference: 'pi_1', held: toMinor(1_999), captured: toMinor(captured), currency: cny,
    ends_at: '2027-12-01T00:00:00.000Z', is_over,
  }); // prettier-ignore

  function capturing(amount: number, is_final: boolean, before = 0): Bench {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.end('confirm', held(0));
    const capture = (of: number, final: boolean) =>
      bench.tell({ kind: 'command', command: { name: 'capture', amount: toMinor(of), is_final: final } }); // prettier-ignore
    if (before > 0) {
      capture(before, false);
      bench.end('capture', held(before));
    }
    capture(amount, is_final);
    bench.send('capture');
    bench.end('capture', { kind: 'unknown', detail: 'timeout' });
    bench.now += 2 * 86_400_000; // past its replay window: it is only asked about
    for (let turns = 0; bench.payment.cases.length === 0 && turns < 5; turns += 1) {
      bench.now += askingMs + 3_600_000;
      bench.end('query', { kind: 'unknown', detail: 'no answer' });
    }
    return bench;
  }

  test.each([
    ['a part', 500, false, 0, 'partially_captured'],
    ['the last part', 500, true, 0, 'succeeded'],
    ['a further part', 500, true, 600, 'succeeded'],
  ] as const)('is vouched for alone: %s', (_, amount, is_final, before, status) => {
    const bench = capturing(amount, is_final, before);
    decide(bench, 'treat_as_paid');
    const total = amount + before;
    expect(books(bench)).toEqual([total, -total, 0]);
    expect(bench.payment).toMatchObject({ status, refunds: [] });
    bench.callback(held(total, is_final)); // the channel comes to itself
    expect(books(bench)).toEqual([total, -total, 0]);
    expect(bench.payment).toMatchObject({ status, refunds: [] });
  });

  test('has failed when the person says that nothing was taken', () => {
    const bench = capturing(500, true);
    decide(bench, 'treat_as_unpaid');
    expect(bench.payment.captures).toMatchObject([{ status: 'failed' }]);
    expect(books(bench)).toEqual([0, 0, 0]);
  });
});
