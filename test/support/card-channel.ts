import { type FailureCode, failureOf } from '../../src/domain/failure.ts';
import type { Id } from '../../src/domain/id.ts';
import { incrementOf } from '../../src/domain/increment.ts';
import { type Minor, toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type {
  Answer,
  CreateAnswer,
  Declined,
  Held,
  QueryAnswer,
  RefundAnswer,
} from '../../src/domain/outcome.ts';
import { type Bench, cny, timing } from './payment.ts';

interface Intent {
  state: 'open' | 'held' | 'paid' | 'canceled' | 'declined';
  captured: number;
  /** What its hold is or would be of, and what is charged without one. */
  amount: number;
  isAgreed: boolean;
}

/**
 * A card channel that remembers the truth: intents, holds, captures, refunds. It does what it is told once per
 * key, whatever becomes of the answer, so that books and ledger can be compared at the end. At one whose payers agree
 * first, only a confirmation takes money, and only when the payer has agreed.
 */
export class CardChannel {
  private readonly intents = new Map<string, Intent>();
  private readonly done = new Map<string, Answer>();
  private readonly returned = new Map<string, number>();
  /** Requests that are still on their way: each may arrive until a sender is out of time. */
  private late: { readonly op: Operation; readonly until: number }[] = [];
  /** What was charged beside an order, under one of its own. */
  private readonly strays = new Map<string, number>();
  private readonly bench: Bench;
  private readonly payersAgree: boolean;
  /** Whether the next confirmations and increments are declined. */
  declines = false;
  /** For which reason. */
  why: FailureCode = 'card_declined';

  constructor(bench: Bench, payersAgree = false) {
    this.bench = bench;
    this.payersAgree = payersAgree;
  }

  /** The payer agrees to his order; what a callback would say of it, or null where there is nothing to agree to. */
  agree(attempt: string): QueryAnswer | null {
    const intent = this.intents.get(attempt);
    if (!this.payersAgree || !intent) return null;
    intent.isAgreed = true;
    return this.stateOf(attempt);
  }

  /** The caller has lost its answer, and the request itself is slow: it arrives later, perhaps after its resend. */
  delay(op: Operation): void {
    this.late.push({ op, until: op.not_after + timing.channel_timeout_ms });
  }

  /** Has the requests on their way arrive: all, or those that can be on it no longer. */
  arrive(which: 'all' | 'due' = 'due'): void {
    const due = this.late.filter(({ until }) => which === 'all' || until <= this.bench.now);
    this.late = this.late.filter((one) => !due.includes(one));
    for (const { op } of due) this.perform(op);
  }

  /** Is a request under this key still on its way? */
  awaits(key: string): boolean {
    return this.late.some(({ op }) => op.channel_key === key);
  }

  /** The payer is charged although it is over, or a second time; the answer is the number of the order that took it. */
  charge(attempt: string): string | null {
    const intent = this.intents.get(attempt);
    if (!intent || this.isUnseen(attempt, intent)) return null;
    if (intent.state !== 'paid' && intent.state !== 'held') {
      if (this.payersAgree) return null;
      const isHeld = intent.state === 'open' && this.bench.payment.capture === 'manual';
      Object.assign(
        intent,
        isHeld ? { state: 'held' } : { state: 'paid', captured: intent.amount },
      );
      return `pi_${attempt}`;
    }
    const stray = `pi_${this.strays.size}_beside`;
    this.strays.set(stray, intent.amount);
    return stray;
  }

  /**
   * A hold that was declined, which we have not heard: money for it is nothing that we asked for, and a case for a
   * person. And an order whose number we have not heard: which of two is ours cannot be told, and a hold on one that
   * was given up ends by itself.
   */
  private isUnseen(attempt: string, { state }: Intent): boolean {
    const { attempts, capture } = this.bench.payment;
    const known = attempts.find((one) => one.id === attempt);
    if (state === 'declined') return capture === 'manual' && known?.status !== 'declined';
    return known?.handle === null && (capture === 'manual' || state === 'paid');
  }

  /** What a genuine callback about this order would say. */
  notice(attempt: string, order: string): QueryAnswer {
    return this.strays.has(order) ? this.approved(order) : this.stateOf(attempt);
  }

  /** Carries out a call and answers it; the same key is the same deed. */
  perform(op: Operation): Answer {
    if (op.verb === 'query') return this.asked(op);
    if (op.verb === 'query_refund') return this.refundOf(op.channel_key);
    const known = this.done.get(op.channel_key);
    if (known) return known;
    const answer = this.execute(op);
    this.done.set(op.channel_key, answer);
    return answer;
  }

  /** What was charged under orders of ours. */
  get taken(): number {
    return [...this.intents.values()].reduce((sum, intent) => sum + intent.captured, 0);
  }

  /** Is what this key names done? Then a call that arrives later does nothing. */
  hasDone(key: string): boolean {
    return this.done.has(key);
  }

  /** Does it hold money for this attempt, or has it taken any? */
  hasTaken(attempt: string): boolean {
    const intent = this.intents.get(attempt);
    return intent?.state === 'held' || intent?.state === 'paid';
  }

  /** What the channel took and did not give back. */
  get balance(): number {
    return (
      this.taken +
      [...this.strays.values()].reduce((sum, amount) => sum + amount, 0) -
      [...this.returned.values()].reduce((sum, amount) => sum + amount, 0)
    );
  }

  /** What is held for this attempt, or null. */
  heldFor(attempt: string): number | null {
    const intent = this.intents.get(attempt);
    return intent?.state === 'held' ? intent.amount : null;
  }

  get isHolding(): boolean {
    return [...this.intents.values()].some((intent) => intent.state === 'held');
  }

  private asked({ attempt_id, stray }: Operation): QueryAnswer {
    if (stray === null || stray === `pi_${attempt_id}`) return this.stateOf(attempt_id);
    return this.strays.has(stray) ? this.approved(stray) : { kind: 'not_found' };
  }

  private execute(op: Operation): Answer {
    const intent = this.intents.get(op.attempt_id);
    const { capture } = this.bench.payment;
    switch (op.verb) {
      case 'create':
        if (!intent)
          this.intents.set(op.attempt_id, {
            state: 'open',
            captured: 0,
            amount: 1_999,
            isAgreed: !this.payersAgree,
          });
        return this.created(op.attempt_id);
      case 'confirm':
        if (intent?.state !== 'open') return this.stateOf(op.attempt_id);
        if (!intent.isAgreed) throw new Error(`${op.id} confirms what the payer has not agreed to`);
        if (this.declines) intent.state = 'declined';
        else if (capture === 'manual') intent.state = 'held';
        else Object.assign(intent, { state: 'paid', captured: intent.amount });
        return this.stateOf(op.attempt_id);
      case 'capture':
        return this.captured(op, intent);
      case 'increment':
        return this.raised(op, intent);
      case 'close':
      case 'void':
        if (!intent || intent.state === 'paid') return { kind: 'refused', detail: 'wrong state' };
        if (intent.state === 'open' || intent.state === 'held') intent.state = intent.captured > 0 ? 'paid' : 'canceled'; // prettier-ignore
        return { kind: 'closed' };
      default:
        this.returned.set(op.channel_key, this.amountOf(op));
        return this.refundOf(op.channel_key);
    }
  }

  private created(attempt: string): CreateAnswer {
    const handle = `pi_${attempt}`;
    if (!this.payersAgree) return { kind: 'created', handle };
    const next_action = { type: 'redirect', url: 'https://channel.example/agree' } as const;
    return { kind: 'action_required', next_action, code_ends_at: null, handle };
  }

  private captured(op: Operation, intent: Intent | undefined): Answer {
    const asked = this.bench.payment.captures.find((one) => one.id === op.capture_id)!;
    if (intent?.state !== 'held' || intent.captured + asked.amount > intent.amount) return { kind: 'refused', detail: 'wrong state' }; // prettier-ignore
    intent.captured += asked.amount;
    if (asked.is_final || intent.captured === intent.amount) intent.state = 'paid';
    return this.stateOf(op.attempt_id);
  }

  private raised(op: Operation, intent: Intent | undefined): Answer {
    const { increments } = this.bench.payment.attempts.find(({ id }) => id === op.attempt_id)!;
    const { amount } = incrementOf(increments, op.channel_key)!;
    if (intent?.state !== 'held' || this.declines || amount <= intent.amount)
      return declined(this.why);
    intent.amount = amount;
    return this.stateOf(op.attempt_id);
  }

  private stateOf(attempt: string): QueryAnswer {
    const intent = this.intents.get(attempt);
    if (!intent) return { kind: 'not_found' };
    const { capture } = this.bench.payment;
    switch (intent.state) {
      case 'open':
        return { kind: intent.isAgreed && this.payersAgree ? 'agreed' : 'open' };
      case 'canceled':
        return { kind: 'closed' };
      case 'declined':
        return declined(this.why);
      default:
        if (capture === 'automatic') return this.approved(`pi_${attempt}`, intent.amount);
        return this.hold(attempt, intent);
    }
  } // prettier-ignore

  private approved(
    channel_reference: string,
    amount = this.strays.get(channel_reference)!,
  ): QueryAnswer {
    const paid_at = '2026-11-24T00:00:00Z';
    return { kind: 'approved', receipt: { channel_reference, amount: toMinor(amount), currency: cny, paid_at } }; // prettier-ignore
  }

  private hold(attempt: string, intent: Intent): Held {
    const { state, captured, amount } = intent;
    return { kind: 'held', channel_reference: `pi_${attempt}`, held: toMinor(amount), captured: toMinor(captured), currency: cny, ends_at: null, is_over: state !== 'held' }; // prettier-ignore
  }

  private amountOf(op: Operation): Minor {
    return this.bench.payment.refunds.find((one) => one.id === (op.refund_id as Id<'ref'>))!.amount;
  }

  private refundOf(key: string): RefundAnswer {
    const amount = this.returned.get(key);
    if (amount === undefined) return { kind: 'not_found' };
    return { kind: 'refund', status: 'succeeded', amount: toMinor(amount), currency: cny, channel_reference: `re_${key}` }; // prettier-ignore
  }
}

function declined(code: FailureCode): Declined {
  return { kind: 'declined', failure: failureOf(code, { code: null, message: null }) };
}
