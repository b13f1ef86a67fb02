import type { Attempt } from '../../src/domain/attempt.ts';
import type { FailureCode } from '../../src/domain/failure.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { type Answer, isUnconfirmed } from '../../src/domain/outcome.ts';
import { CardChannel } from './card-channel.ts';
import type { Bench } from './payment.ts';
import { ReturningChannel } from './returning-channel.ts';

/** How a call ends. */
export type How = 'answered' | 'lost after' | 'lost before' | 'lost late' | 'refused';

/** Accounts at two channels that remember the truth: one where an order is confirmed, one that charges as it is made and cannot be asked. */
export class Accounts {
  private readonly bench: Bench;
  private readonly stripe: CardChannel;
  private readonly adyen: ReturningChannel;
  /** Of calls that have reached their channel, and of those that still may. */
  private readonly reached = new Set<string>();
  private late: Operation[] = [];

  constructor(bench: Bench) {
    this.bench = bench;
    this.stripe = new CardChannel(bench);
    this.adyen = new ReturningChannel(bench);
  }

  /** From now on they decline for this reason, or take what comes. */
  decline(why: FailureCode | null): void {
    this.stripe.declines = why !== null;
    this.adyen.mood = why === null ? 'takes' : 'declines';
    if (why) Object.assign(this.stripe, { why });
    if (why) Object.assign(this.adyen, { why });
  }

  /** Requests on their way arrive: all, or those that can be on it no longer. */
  arrive(which: 'all' | 'due'): void {
    for (const channel of [this.stripe, this.adyen]) channel.arrive(which);
    if (which === 'all') this.late = [];
  }

  /** The call reaches its channel, and its answer is on the way back. */
  begin(op: Operation): void {
    if (op.verb.startsWith('query') || op.run_at > this.bench.now) return;
    this.bench.send(op.verb);
    this.reached.add(op.id);
    this.channelOf(op).perform(op);
  }

  end(op: Operation, how: How): void {
    const tell = (answer: Answer) => void this.bench.tell({ kind: 'outcome', operation: op.id, answer }); // prettier-ignore
    if (op.verb.startsWith('query')) {
      const answer = this.answerTo(op);
      if (answer) tell(answer);
      return;
    }
    if (how === 'refused' && !this.reached.has(op.id))
      return tell({ kind: 'never_sent', detail: how });
    this.bench.send(op.verb);
    const channel = this.channelOf(op);
    if (how === 'lost late') this.delay(op);
    const isLost = how === 'lost before' || how === 'lost late';
    const answer = isLost ? null : channel.perform(op);
    tell(how === 'answered' && answer ? answer : { kind: 'unknown', detail: how });
  }

  /** One of the things that a channel has to tell is told: to an attempt at Stripe its state, of Adyen a notice. */
  tell(nth: number): void {
    const { attempts } = this.bench.payment;
    const attempt = attempts[nth % Math.max(1, attempts.length)];
    if (!attempt) return;
    const { id: reference, channel, handle } = attempt;
    const notice = this.adyen.notices[nth % Math.max(1, this.adyen.notices.length)];
    if (channel === 'adyen' && notice) this.bench.tell(notice);
    if (channel === 'adyen' || handle === null) return;
    const answer = this.stripe.notice(reference, handle);
    if (answer.kind === 'declined' || answer.kind === 'approved')
      this.bench.tell({ kind: 'evidence', about: 'attempt', reference, order: handle, answer });
  }

  tellAll(): void {
    for (const told of this.adyen.notices.splice(0)) this.bench.tell(told);
  }

  /** Was money taken under this attempt, or may a call on its way still take some? */
  mayTake({ id, channel }: Attempt): boolean {
    const takes = channel === 'adyen' ? 'create' : 'confirm';
    const isComing = this.late.some(
      (op) =>
        op.attempt_id === id && op.verb === takes && !this.channelOf(op).hasDone(op.channel_key),
    );
    return isComing || (channel === 'adyen' ? this.adyen : this.stripe).hasTaken(id);
  }

  /** What was taken of the payer, whatever has gone back since. */
  get taken(): number {
    return this.stripe.taken + this.adyen.taken;
  }

  get balance(): number {
    return this.stripe.balance + this.adyen.balance;
  }

  private delay(op: Operation): void {
    this.late.push(op);
    this.channelOf(op).delay(op);
  }

  private channelOf({ attempt_id }: Operation): CardChannel | ReturningChannel {
    const attempt = this.bench.payment.attempts.find(({ id }) => id === attempt_id);
    return attempt?.channel === 'adyen' ? this.adyen : this.stripe;
  }

  /** Null while it is too early to say: before a report is out, or while what was sent may still arrive. */
  private answerTo(op: Operation): Answer | null {
    const channel = this.channelOf(op);
    const settled = Math.max(op.run_at, op.settles_at ?? 0);
    const isSettled = this.bench.now >= settled;
    if (channel instanceof ReturningChannel) {
      const answer = channel.report(op);
      return isSettled || answer.kind !== 'not_found' ? answer : null;
    }
    const answer = channel.perform(op);
    const isNothing = isUnconfirmed(answer) || answer.kind === 'not_found';
    return op.awaits === 'answer' && isNothing && !isSettled ? null : answer;
  }
}
