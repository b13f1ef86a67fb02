import fc from 'fast-check';

import type { Decision } from '../../src/domain/case.ts';
import type { Command } from '../../src/domain/fact.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Answer, RefundAnswer } from '../../src/domain/outcome.ts';
import { cny, paidByCard } from '../support/payment.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 300);
const captured = 1_999;

const fates = ['done', 'undeliverable', 'refused', 'refused and done', 'never_sent', 'lost'] as const; // prettier-ignore
type Fate = (typeof fates)[number];

type Step =
  | { readonly act: 'refund'; readonly amount: number }
  | { readonly act: 'perform'; readonly fate: Fate }
  | { readonly act: 'deliver' | 'bounce' | 'tell'; readonly nth: number }
  | { readonly act: 'wait' | 'retry' | 'paid_otherwise' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: captured }) }),
  fc.record({ act: fc.constant('perform' as const), fate: fc.constantFrom(...fates) }),
  fc.record({ act: fc.constantFrom('deliver', 'bounce', 'tell'), nth: fc.nat(4) }),
  fc.record({ act: fc.constantFrom('wait', 'retry', 'paid_otherwise') }),
);

/** A channel that delivers what it could not, or has refused, when nobody expects it any more, and to which that comes back. */
class Payer {
  readonly bench = paidByCard();
  /** By our number; `null`: not yet. */
  readonly got = new Map<string, number | null>();

  take(one: Step): void {
    switch (one.act) {
      case 'refund':
        return this.command({ name: 'refund', amount: toMinor(one.amount), reason: null });
      case 'perform':
        return this.perform(one.fate);
      case 'deliver':
        return this.deliver([...this.got.keys()][one.nth]);
      case 'bounce':
        return this.bounce([...this.got.keys()][one.nth]);
      case 'tell':
        return this.tell([...this.got.keys()][one.nth]);
      case 'wait':
        this.bench.now += 3_600_000;
        return void this.bench.tell({ kind: 'due', what: 'later' });
      case 'retry':
      case 'paid_otherwise':
        return this.decide(one.act);
    }
  }

  /** The channel says of everything what it has done, asked and unasked, until nothing is open. */
  rest(): void {
    for (const id of this.got.keys()) this.tell(id);
    this.command({ name: 'sync' });
    for (let rounds = 0; this.bench.verbs().length > 0; rounds += 1) {
      if (rounds > 100) throw new Error(`never at rest: ${this.bench.verbs().join()}`);
      const op = this.bench.openOperations()[0]!;
      this.bench.now = Math.max(this.bench.now, op.run_at, op.settles_at ?? 0);
      this.answer(op, op.verb === 'refund' ? 'done' : 'lost');
    }
  }

  get refunds() {
    return this.bench.payment.refunds;
  }

  private command(command: Command): void {
    this.bench.tell({ kind: 'command', command });
  }

  private decide(decision: Decision): void {
    const isAsked = ({ kind, status }: { kind: string; status: string }) =>
      kind === 'refund_undeliverable' && status === 'open';
    const open = this.bench.payment.cases.find(isAsked);
    if (open) this.command({ name: 'resolve', case_id: open.id, decision, reason: 'x' });
  }

  private deliver(id: string | undefined): void {
    if (id !== undefined) this.got.set(id, this.amountOf(id));
  }

  private bounce(id: string | undefined): void {
    if (id !== undefined) this.got.set(id, null);
  }

  private tell(id: string | undefined): void {
    if (id === undefined) return;
    const answer = this.word(id);
    this.bench.tell({ kind: 'evidence', about: 'refund', reference: id, answer });
  }

  private perform(fate: Fate): void {
    const op = this.bench.openOperations().find(({ run_at }) => run_at <= this.bench.now);
    if (op) this.answer(op, fate);
  }

  private answer(op: Operation, fate: Fate): void {
    const answer = op.verb === 'refund' ? this.execute(op, fate) : this.say(op);
    this.bench.tell({ kind: 'outcome', operation: op.id, answer });
  }

  /** Once under its number; a call that is fenced leaves no more. */
  private execute({ refund_id, fenced }: Operation, fate: Fate): Answer {
    const id = refund_id!;
    if (fenced || fate === 'never_sent') return { kind: 'never_sent', detail: 'it never left' };
    if (this.got.has(id)) return this.word(id);
    if (fate === 'refused' || fate === 'refused and done') {
      if (fate === 'refused and done') this.got.set(id, null);
      return { kind: 'declined', failure: failureOf('not_permitted', { code: null, message: null }) }; // prettier-ignore
    }
    if (fate === 'lost') return { kind: 'unknown', detail: 'no answer' };
    this.got.set(id, fate === 'done' ? this.amountOf(id) : null);
    return this.word(id);
  }

  private say({ refund_id, awaits, settles_at }: Operation): Answer {
    if (this.got.has(refund_id!)) return this.word(refund_id!);
    const isEarly = awaits !== 'word' && this.bench.now < (settles_at ?? 0);
    return isEarly ? { kind: 'unknown', detail: 'not yet' } : { kind: 'not_found' };
  }

  private word(id: string): RefundAnswer {
    const status = this.got.get(id) === null ? 'needs_attention' : 'succeeded';
    return { kind: 'refund', status, amount: toMinor(this.amountOf(id)), currency: cny, channel_reference: `re_${id}` }; // prettier-ignore
  }

  private amountOf(id: string): number {
    return this.refunds.find((one) => one.id === id)!.amount;
  }
}

test('on any walk of refunds what went back is booked, and what went back twice is put before a person', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const payer = new Payer();
      for (const one of steps) payer.take(one);
      payer.rest();
      const delivered = [...payer.got.values()].reduce<number>((sum, one) => sum + (one ?? 0), 0);
      expect(payer.bench.balance('channel_clearing')).toBe(captured - delivered);
      const returned = delivered - payer.bench.balance('paid_otherwise');
      if (returned <= captured) return;
      expect(payer.bench.payment.cases.map(({ kind }) => kind)).toContain('conflict');
    }),
    { numRuns },
  );
});
