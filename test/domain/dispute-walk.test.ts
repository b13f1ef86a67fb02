import fc from 'fast-check';

import type { DisputeNotice, DisputeStatus } from '../../src/domain/dispute.ts';
import type { Command } from '../../src/domain/fact.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import { cny, paidByCard, timing } from '../support/payment.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 300);
const captured = 1_999;

const fates = ['done', 'undeliverable', 'declined', 'never_sent', 'lost', 'slow'] as const;
type Fate = (typeof fates)[number];

type Step =
  | { readonly act: 'refund' | 'complain'; readonly amount: number }
  | { readonly act: 'perform'; readonly fate: Fate }
  | { readonly act: 'arrive' | 'wait' | 'retry' }
  | { readonly act: 'decide'; readonly status: DisputeStatus }; // prettier-ignore

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    act: fc.constantFrom('refund', 'complain'),
    amount: fc.integer({ min: 1, max: captured }),
  }),
  fc.record({
    act: fc.constant('perform' as const),
    fate: fc.constantFrom(...fates),
  }),
  fc.record({ act: fc.constantFrom('arrive', 'wait', 'retry') }),
  fc.record({
    act: fc.constant('decide' as const),
    status: fc.constantFrom('under_review', 'won', 'lost'),
  }),
);

/** A channel that gives back what it is asked to, and takes back for payers who complain what they have not got yet. */
class Payers {
  private readonly bench = paidByCard();
  private readonly given = new Map<string, { amount: number; isDelivered: boolean }>();
  private readonly disputes: { amount: number; status: DisputeStatus }[] = [];
  /** Calls that left and have not arrived yet. */
  private slow: Operation[] = [];
  private told = 0;

  take(one: Step): void {
    switch (one.act) {
      case 'refund':
        return this.command({ name: 'refund', amount: toMinor(one.amount), reason: null });
      case 'complain':
        return this.complain(one.amount);
      case 'perform':
        return this.perform(one.fate);
      case 'arrive':
        for (const op of this.slow.splice(0)) this.giveBack(op, true);
        return;
      case 'wait':
        this.bench.now += 3_600_000;
        this.slow = this.slow.filter(({ not_after }) => not_after + timing.channel_timeout_ms > this.bench.now); // prettier-ignore
        return void this.bench.tell({ kind: 'due', what: 'later' });
      case 'retry':
        return this.retry();
      case 'decide':
        return this.decide(one.status);
    }
  }

  /** What payers have got, by refunds and by disputes, or may get. */
  get returned(): number {
    const refunded = [...this.given.values()].filter(({ isDelivered }) => isDelivered);
    const contested = this.disputes.filter(({ status }) => status !== 'won');
    return [...refunded, ...contested].reduce((sum, { amount }) => sum + amount, 0);
  }

  get payment() {
    return this.bench.payment;
  }

  private command(command: Command): void {
    this.bench.tell({ kind: 'command', command });
  }

  /** No channel takes more than the payer has not got yet, and what has left before may still arrive. */
  private complain(asked: number): void {
    const leaving = this.slow.reduce((sum, op) => sum + this.amountOf(op), 0);
    const amount = Math.min(asked, captured - this.returned - leaving);
    if (amount <= 0) return;
    this.disputes.push({ amount, status: 'opened' });
    this.tell(this.disputes.length - 1);
  }

  private decide(status: DisputeStatus): void {
    const one = this.disputes.at(-1);
    if (one?.status === 'won' || one?.status === 'lost' || !one) return;
    one.status = status;
    this.tell(this.disputes.length - 1);
  }

  private tell(index: number): void {
    const { amount, status } = this.disputes[index]!;
    const answer: DisputeNotice = {
      kind: 'dispute', channel_reference: `dp_${index}`, amount: toMinor(amount), currency: cny, status,
      channel_status: status, stage: 'chargeback', reason: 'fraudulent', channel_reason: null, due_by: null,
      is_withdrawn: status !== 'won', ordinal: (this.told += 1),
    }; // prettier-ignore
    this.bench.tell({ kind: 'evidence', about: 'dispute', reference: this.bench.attempt.id, answer }); // prettier-ignore
  }

  /** The first call whose time has come: a fenced one leaves no more. */
  private perform(fate: Fate): void {
    const op = this.bench.openOperations().find(({ run_at }) => run_at <= this.bench.now);
    if (!op) return;
    this.bench.tell({ kind: 'outcome', operation: op.id, answer: this.answerTo(op, op.fenced ? 'never_sent' : fate) }); // prettier-ignore
  }

  private answerTo(op: Operation, fate: Fate): Answer {
    if (op.verb === 'query_refund') return this.say(op);
    switch (fate) {
      case 'done':
      case 'undeliverable':
        this.giveBack(op, fate === 'done');
        return this.say(op);
      case 'declined':
        return { kind: 'declined', failure: failureOf('insufficient_funds', { code: null, message: null }) }; // prettier-ignore
      case 'never_sent':
        return { kind: 'never_sent', detail: 'refused' };
      case 'slow':
        this.slow.push(op);
        return { kind: 'unknown', detail: 'no answer' };
      case 'lost':
        return { kind: 'unknown', detail: 'no answer' };
    }
  }

  private say(op: Operation): Answer {
    const given = this.given.get(op.refund_id!);
    const isEarly = op.verb === 'query_refund' && op.awaits !== 'word' && this.bench.now < (op.settles_at ?? 0); // prettier-ignore
    if (!given) return isEarly ? { kind: 'unknown', detail: 'not yet' } : { kind: 'not_found' };
    const status = given.isDelivered ? 'succeeded' : 'needs_attention';
    return { kind: 'refund', status, amount: toMinor(given.amount), currency: cny, channel_reference: `re_${op.refund_id}` }; // prettier-ignore
  }

  /** Once under one number, whatever is sent again. */
  private giveBack(op: Operation, isDelivered: boolean): void {
    if (!this.given.has(op.refund_id!)) this.given.set(op.refund_id!, { amount: this.amountOf(op), isDelivered }); // prettier-ignore
  }

  private amountOf({ refund_id }: Operation): number {
    return this.given.has(refund_id!) ? 0 : this.payment.refunds.find(({ id }) => id === refund_id)!.amount; // prettier-ignore
  }

  private retry(): void {
    const open = this.payment.cases.find(({ status }) => status === 'open');
    if (open?.kind === 'refund_undeliverable')
      this.command({ name: 'resolve', case_id: open.id, decision: 'retry', reason: 'a new card' });
  }
}

test('on any walk of refunds and disputes a payer gets back no more than he has paid', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const payers = new Payers();
      for (const one of steps) {
        payers.take(one);
        expect(payers.returned).toBeLessThanOrEqual(captured);
      }
      for (const lost of payers.payment.cases.filter(({ status }) => status === 'open'))
        expect(lost.kind).toBe('refund_undeliverable');
    }),
    { numRuns },
  );
});
