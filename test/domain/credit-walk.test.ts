import fc from 'fast-check';

import { attemptTransitions } from '../../src/domain/attempt.ts';
import type { CreditPolicy } from '../../src/domain/credit-policy.ts';
import { type Currency, toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Answer, Receipt } from '../../src/domain/outcome.ts';
import {
  amountPaid,
  isFinal,
  type LateMoney,
  paymentTransitions,
} from '../../src/domain/payment.ts';
import { Bench, cny, qrCode } from '../support/payment.ts';
import { awaitTransfer, credit, creditedBy } from '../support/transfer.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 5_000);
const eur = toCurrency('EUR');
const order = 1_999;

/** A bank as its page has it: what was credited is for ever, closed is closed, and late money still comes. */
class Bank {
  made = false;
  closed = false;
  readonly credits: Receipt[] = [];
  readonly returned = new Map<string, Receipt>();
  readonly bench: Bench;
  private readonly policy: CreditPolicy;

  constructor(
    late_money: LateMoney,
    policy: CreditPolicy,
  ) {
    this.policy = policy;
    this.bench = new Bench({ method: 'bank_transfer', late_money });
  }

  book(amount: number, currency: Currency): void {
    if (this.made) this.credits.push(credit(`CR${this.credits.length + 1}`, amount, currency));
  }

  /** What the bank says, asked when it had booked so many credits. */
  say(seen = this.credits.length): Answer {
    if (!this.made) return { kind: 'not_found' };
    const known = this.credits.slice(0, seen);
    const [first] = known;
    if (known.length === 1 && first?.amount === order && first.currency === cny)
      return { kind: 'approved', receipt: first };
    if (known.length === 0) return { kind: this.closed ? 'closed' : 'open' };
    return { ...creditedBy(this.policy, ...known), is_closed: this.closed };
  }

  /** The notice of one credit, as it was when that was booked. */
  notify(index: number): void {
    if (index >= this.credits.length) return;
    const said = this.say(index + 1);
    this.bench.callback(said.kind === 'approved' ? said : { kind: 'changed' });
  }

  /** Carries the call out; `heard`: its answer comes through. */
  answer(op: Operation, heard: boolean): void {
    const said = this.execute(op);
    this.bench.tell({ kind: 'outcome', operation: op.id, answer: heard ? said : 'silent' });
  }

  private execute(op: Operation): Answer {
    if (op.attempt_id !== this.bench.attempt.id) return qrCode;
    this.bench.send(op.verb);
    switch (op.verb) {
      case 'create':
        this.made = true;
        return awaitTransfer;
      case 'close':
        this.closed = true;
        return { kind: 'closed' };
      case 'query':
        return this.say();
      default:
        return this.sendBack(op.refund_id ?? '');
    }
  }

  private sendBack(id: string): Answer {
    const refund = this.bench.payment.refunds.find((one) => one.id === id)!;
    const { receipt_reference: channel_reference, amount, currency } = refund;
    this.returned.set(id, { channel_reference, amount, currency, paid_at: '' });
    return { kind: 'refund', status: 'succeeded', channel_reference: `RT${id}`, amount, currency };
  }

  /** What the payers have given and not got back. */
  kept(currency: Currency): number {
    const total = (list: Iterable<Receipt>) =>
      [...list].filter((one) => one.currency === currency).reduce((sum, one) => sum + one.amount, 0);
    return total(this.credits) - total(this.returned.values());
  }

  booked(account: 'channel_clearing' | 'merchant_payable' | 'payer_payable', currency: Currency) {
    return this.bench.postings
      .filter((posting) => posting.currency === currency)
      .reduce((sum, { debit, credit: to, amount }) =>
        sum + (debit === account ? amount : 0) - (to === account ? amount : 0), 0);
  }
} // prettier-ignore

type Step =
  | 'cancel'
  | 'expire'
  | 'sync'
  | { credit: number; currency: Currency }
  | { notice: number }
  | { end: number; heard: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>('cancel', 'expire', 'sync'),
  fc.record({
    credit: fc.constantFrom(1, 999, 1_000, 1_998, order, 2_000, 4_000),
    currency: fc.constantFrom(cny, cny, cny, eur),
  }),
  fc.record({ notice: fc.nat(4) }),
  fc.record({ end: fc.nat(3), heard: fc.boolean() }),
  fc.record({ end: fc.nat(3), heard: fc.constant(true) }),
);

function take(bank: Bank, taken: Step): void {
  const { bench } = bank;
  bench.now += 1_000;
  if (taken === 'cancel') bench.cancel();
  else if (taken === 'expire') bench.expire();
  else if (taken === 'sync') bench.tell({ kind: 'command', command: { name: 'sync' } });
  else if ('credit' in taken) bank.book(taken.credit, taken.currency);
  else if ('notice' in taken) bank.notify(taken.notice);
  else {
    const isSoon = (op: Operation) => op.run_at < bench.now + 3_600_000; // else it is the last look
    const open = bench.openOperations().filter(isSoon);
    const op = open[taken.end % Math.max(1, open.length)];
    if (op) bank.answer(op, taken.heard);
  }
}

/** Time passes and every call gets through, but no notice comes any more: nothing is left to do. */
function rest(bank: Bank): void {
  const { bench } = bank;
  for (let turns = 0; turns < 200; turns += 1) {
    const [op] = bench.openOperations();
    if (op) {
      bench.now = Math.max(bench.now, op.run_at, op.settles_at ?? 0);
      bank.answer(op, true);
    } else if (!isFinal(bench.payment.status)) bench.expire();
    else return;
    if (bench.payment.status === 'requires_action') bench.expire();
  }
  throw new Error(`no rest: ${bench.payment.status}, ${bench.verbs().join(' ')}`);
}

/** What pays the order, and what waits for a person. */
const paidIn = ({ bench }: Bank) => amountPaid(bench.payment);
const heldIn = ({ bench }: Bank) =>
  bench.attempt.receipts.reduce((sum, { use, amount }) => sum + (use === 'held' ? amount : 0), 0);

const walk = fc.record({
  late_money: fc.constantFrom<LateMoney>('accept', 'refund', 'hold'),
  policy: fc.record({
    underpayment: fc.constantFrom<CreditPolicy['underpayment']>('wait', 'refund', {
      accept_within: { CNY: 20 },
    }),
    overpayment: fc.constantFrom<CreditPolicy['overpayment']>('refund_rest', 'case'),
  }),
  steps: fc.array(step, { maxLength: 25 }),
});

describe('whatever a payer transfers, and whenever it is heard of', () => {
  test('every credit pays the order or goes back, in its own currency, and nothing else does', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(walk, ({ late_money, policy, steps }) => {
        const bank = new Bank(late_money, policy);
        for (const taken of steps) take(bank, taken);
        rest(bank);
        const { payment } = bank.bench;
        const held = heldIn(bank);
        const kept = paidIn(bank);
        expect(policy.overpayment === 'case' || held % order === 0).toBe(true);
        expect(kept === 0 || kept === order || (typeof policy.underpayment === 'object' && kept >= order - 20)).toBe(true); // prettier-ignore
        expect(bank.kept(cny)).toBe(kept + held);
        expect(bank.kept(eur)).toBe(0);
        expect(bank.booked('channel_clearing', cny)).toBe(kept + held);
        expect(bank.booked('merchant_payable', cny) + kept).toBe(0);
        expect(bank.booked('payer_payable', cny) + held).toBe(0);
        for (const account of ['channel_clearing', 'merchant_payable', 'payer_payable'] as const)
          expect(bank.booked(account, eur)).toBe(0);
        seen.add(`${payment.status} ${bank.bench.attempt.receipts.length > 1}`);
      }),
      { numRuns },
    );
    expect(seen).toEqual(new Set(['succeeded true', 'succeeded false', 'canceled true', 'canceled false'])); // prettier-ignore
  });

  test('on the way every step is in the tables, money facts only grow, and what is paid stays paid', () => {
    fc.assert(
      fc.property(walk, ({ late_money, policy, steps }) => {
        const bank = new Bank(late_money, policy);
        const { bench } = bank;
        for (const taken of steps) {
          const before = bench.payment;
          const receipts = bench.attempt.receipts.length;
          take(bank, taken);
          const after = bench.payment;
          expect(bench.attempt.receipts.length).toBeGreaterThanOrEqual(receipts);
          expect(after.status === 'succeeded').toBe(after.paid_by !== null);
          expect(bank.booked('merchant_payable', cny) + paidIn(bank)).toBe(0);
          if (before.status !== after.status)
            expect(paymentTransitions[before.status]).toContain(after.status);
          const [was, is] = [before.attempts[0]!.status, bench.attempt.status];
          if (was !== is) expect([...attemptTransitions[was]]).toContain(is);
          for (const one of bank.credits) expectWhole(bench, one);
        }
      }),
      { numRuns },
    );
  });

  test('what is told twice changes nothing the second time', () => {
    fc.assert(
      fc.property(walk, ({ late_money, policy, steps }) => {
        const bank = new Bank(late_money, policy);
        for (const taken of steps) take(bank, taken);
        if (!bank.made) return;
        const told = bank.say() as Parameters<Bench['callback']>[0];
        bank.bench.callback(told);
        expect(bank.bench.callback(told).postings).toEqual([]);
      }),
      { numRuns: numRuns / 5 },
    );
  });
});

/** A credit that was heard of is counted once, in its full amount, also where it is split. */
function expectWhole({ attempt }: Bench, { channel_reference, amount, currency }: Receipt): void {
  const counted = attempt.receipts.filter((one) => one.channel_reference === channel_reference);
  if (counted.length === 0) return;
  expect(counted.reduce((sum, one) => sum + one.amount, 0)).toBe(toMinor(amount));
  expect(counted.every((one) => one.currency === currency)).toBe(true);
}
