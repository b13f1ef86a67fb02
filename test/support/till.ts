import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Answer, QueryAnswer, RefundAnswer } from '../../src/domain/outcome.ts';
import { type Bench, cny, timing } from './payment.ts';

type State = 'paying' | 'paid' | 'closed' | 'returned' | 'declined';

/** What the payer's app does with his code: it pays at once, asks him for his password, or refuses. */
export const moods = ['pays', 'asks', 'refuses'] as const;
export type Mood = (typeof moods)[number];

/**
 * A channel whose payers present codes, which remembers the truth. A reversal closes an unpaid order and gives back a paid
 * one; of an order that it has not heard of it says yes too, and a create that comes in after that charges all the same.
 */
export class Till {
  private readonly orders = new Map<string, State>();
  private readonly returned = new Map<string, number>();
  /** Requests that are still on their way: each may arrive until a sender is out of time. */
  private late: { readonly op: Operation; readonly until: number }[] = [];
  private taken = 0;
  private readonly bench: Bench;
  private readonly refusesReversals: boolean;
  mood: Mood = 'asks';

  constructor(bench: Bench, refusesReversals = false) {
    this.bench = bench;
    this.refusesReversals = refusesReversals;
  }

  /** The caller has lost its answer, and the request itself is slow. */
  delay(op: Operation): void {
    this.late.push({ op, until: op.not_after + timing.channel_timeout_ms });
  }

  /** Has the requests on their way arrive: all, or those that can be on it no longer. */
  arrive(which: 'all' | 'due' = 'due'): void {
    const due = this.late.filter(({ until }) => which === 'all' || until <= this.bench.now);
    this.late = this.late.filter((one) => !due.includes(one));
    for (const { op } of due) this.perform(op);
  }

  /**
   * The payer types his password, or the channel takes the money of an order that it has called closed: not while a slow
   * reversal is still on its way, which would take that back too.
   */
  pay(attempt: string): void {
    const state = this.orders.get(attempt);
    const isAwaited = this.late.some(({ op }) => op.verb === 'close' && op.attempt_id === attempt);
    if (state === 'paying' || (state === 'closed' && !isAwaited)) this.take(attempt);
  }

  /** What the channel took and did not give back. */
  get balance(): number {
    return this.taken - [...this.returned.values()].reduce((sum, amount) => sum + amount, 0);
  }

  /** Carries out a call and answers it. */
  perform(op: Operation): Answer {
    switch (op.verb) {
      case 'create':
        if (!this.orders.has(op.attempt_id)) this.charge(op.attempt_id);
        return this.say(op.attempt_id);
      case 'close':
        return this.reverse(op.attempt_id);
      case 'refund':
        if (!this.returned.has(op.channel_key)) this.giveBack(op.attempt_id, op.channel_key);
        return this.refund(op.channel_key);
      case 'query_refund':
        return this.refund(op.channel_key);
      default:
        return this.say(op.attempt_id);
    }
  }

  /** What it says of an order. */
  say(attempt: string): Extract<Answer, QueryAnswer> {
    const state = this.orders.get(attempt);
    switch (state) {
      case undefined:
        return { kind: 'not_found' };
      case 'paying':
        return { kind: 'pending' };
      case 'declined':
        return { kind: 'declined', failure: failureOf('insufficient_funds', { code: null, message: null }) }; // prettier-ignore
      case 'closed':
        return { kind: 'closed' };
      default: {
        const receipt = { channel_reference: `42_${attempt}`, amount: toMinor(1_999), currency: cny, paid_at: '2026-11-24T00:00:05Z' }; // prettier-ignore
        return { kind: 'approved', receipt, ...(state === 'returned' && { is_returned: true }) };
      }
    }
  }

  private charge(attempt: string): void {
    if (this.mood === 'pays') this.take(attempt);
    else this.orders.set(attempt, this.mood === 'asks' ? 'paying' : 'declined');
  }

  private take(attempt: string): void {
    this.orders.set(attempt, 'paid');
    this.taken += 1_999;
  }

  private reverse(attempt: string): Answer {
    const state = this.orders.get(attempt);
    if (this.refusesReversals && state === 'paid')
      return { kind: 'refused', detail: 'SELLER_BALANCE_NOT_ENOUGH' };
    if (state === 'paid') this.giveBack(attempt, attempt);
    if (state === 'paying') this.orders.set(attempt, 'closed');
    return { kind: 'closed' };
  }

  private giveBack(attempt: string, number: string): void {
    this.orders.set(attempt, 'returned');
    this.returned.set(number, 1_999);
  }

  private refund(number: string): RefundAnswer {
    if (!this.returned.has(number)) return { kind: 'not_found' };
    return { kind: 'refund', status: 'succeeded', amount: toMinor(1_999), currency: cny, channel_reference: `50_${number}` }; // prettier-ignore
  }
}
