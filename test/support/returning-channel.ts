import type { Fact } from '../../src/domain/fact.ts';
import { type Failure, type FailureCode, failureOf } from '../../src/domain/failure.ts';
import { type Minor, toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Answer, Authorised, CreateAnswer, Held, Receipt } from '../../src/domain/outcome.ts';
import { type Bench, cny, timing } from './payment.ts';

interface Order {
  state: 'away' | 'held' | 'paid' | 'released' | 'declined';
  captured: number;
}

/** What the channel tells by itself, until somebody has heard it. */
export type Told = Extract<Fact, { kind: 'evidence' }>;

/**
 * A channel that takes money when an order is made, unless it sends the payer away first; that accepts what is asked and tells
 * later what became of it; and that nobody can ask. It remembers the truth and does what it is told once per key.
 */
export class ReturningChannel {
  /** What it has to tell, oldest first: in any order, and as often as it likes. */
  readonly notices: Told[] = [];
  /** How the next order or confirmation ends. */
  mood: 'takes' | 'sends away' | 'declines' = 'takes';
  /** For which reason it declines. */
  why: FailureCode = 'card_declined';
  private readonly orders = new Map<string, Order>();
  /** What somebody else made under a number of ours, by the channel's own number. */
  private readonly strays = new Map<string, 'held' | 'paid' | 'released'>();
  private readonly done = new Map<string, Answer>();
  private readonly back = new Map<string, number>();
  private late: { readonly op: Operation; readonly until: number }[] = [];
  private readonly bench: Bench;

  constructor(bench: Bench) {
    this.bench = bench;
  }

  /** The request is slow: it arrives later, perhaps after its resend. */
  delay(op: Operation): void {
    this.late.push({ op, until: op.not_after + timing.channel_timeout_ms });
  }

  arrive(which: 'all' | 'due' = 'due'): void {
    const due = this.late.filter(({ until }) => which === 'all' || until <= this.bench.now);
    this.late = this.late.filter((one) => !due.includes(one));
    for (const { op } of due) this.perform(op);
  }

  /** Carries out a call and answers it; the same key is the same deed. */
  perform(op: Operation): Answer {
    const known = this.done.get(op.channel_key);
    if (known) return known;
    const answer = this.execute(op);
    if (answer.kind !== 'refused') this.done.set(op.channel_key, answer);
    return answer;
  }

  /** What the report says: nothing that did not take money stands in it. */
  report({ verb, attempt_id, refund_id }: Operation): Answer {
    if (verb === 'query_refund') {
      const amount = this.back.get(refund_id ?? '');
      return amount === undefined ? { kind: 'not_found' } : refundOf(refund_id ?? '', amount);
    }
    const order = this.orders.get(attempt_id);
    if (order?.state !== 'paid') return { kind: 'not_found' };
    if (this.bench.payment.capture === 'automatic')
      return { kind: 'approved', receipt: this.receipt(attempt_id) };
    return { ...this.hold(attempt_id), captured: toMinor(order.captured), is_over: true };
  }

  /** Another system of the merchant's takes or holds the payer's money under the number of this attempt. */
  chargeBeside(attempt: string, as: 'held' | 'paid'): void {
    const channel_reference = `psp_stray_${this.strays.size}`;
    this.strays.set(channel_reference, as);
    this.tell({
      about: 'attempt',
      reference: attempt,
      order: channel_reference,
      answer: this.authorised({ ...this.receipt(attempt), channel_reference }),
    });
  }

  /** What was charged. */
  get taken(): number {
    const beside = [...this.strays.values()].filter((state) => state === 'paid').length * 1_999;
    return [...this.orders.values()].reduce((sum, order) => sum + order.captured, beside);
  }

  /** Is what this key names done? Then a call that arrives later does nothing. */
  hasDone(key: string): boolean {
    return this.done.has(key);
  }

  /** Does it hold money for this attempt, or has it taken any? */
  hasTaken(attempt: string): boolean {
    const order = this.orders.get(attempt);
    return order?.state === 'held' || order?.state === 'paid';
  }

  get balance(): number {
    return this.taken - [...this.back.values()].reduce((sum, amount) => sum + amount, 0);
  }

  get isHolding(): boolean {
    return [...this.orders.values()].some(({ state }) => state === 'held');
  }

  /** Does it hold what is nobody's to capture? */
  get isHoldingBeside(): boolean {
    return [...this.strays.values()].includes('held');
  }

  private execute(op: Operation): Answer {
    const order = this.orders.get(op.attempt_id);
    switch (op.verb) {
      case 'create':
        return this.make(op.attempt_id);
      case 'confirm': // what the payer really brought bears his attempt's number
        if (order?.state !== 'away' || !op.channel_key.includes(op.attempt_id))
          return { kind: 'refused', detail: 'invalid redirectResult' };
        return this.take(op.attempt_id);
      case 'capture':
        return this.capture(op, order);
      case 'void':
        if (order?.state !== 'held') return { kind: 'closed' }; // accepted, and comes to nothing
        order.state = 'released';
        this.tell({ about: 'attempt', reference: op.attempt_id, answer: { kind: 'closed' } });
        return { kind: 'closed' };
      case 'refund':
        return this.refund(op);
      default:
        throw new Error(`nobody may ${op.verb}`);
    }
  }

  private make(attempt: string): CreateAnswer {
    if (this.mood !== 'sends away') return this.take(attempt);
    this.orders.set(attempt, { state: 'away', captured: 0 });
    const next_action = { type: 'redirect', url: 'https://bank.example/3ds' } as const;
    return { kind: 'action_required', next_action, code_ends_at: null };
  }

  private take(attempt: string): CreateAnswer {
    if (this.mood === 'declines') {
      const failure = this.failure();
      this.orders.set(attempt, { state: 'declined', captured: 0 });
      this.tell({ about: 'attempt', reference: attempt, answer: { kind: 'declined', failure } });
      return { kind: 'declined', failure };
    }
    const isHeld = this.bench.payment.capture === 'manual';
    this.orders.set(attempt, isHeld ? { state: 'held', captured: 0 } : { state: 'paid', captured: 1_999 }); // prettier-ignore
    const answer = this.authorised(this.receipt(attempt));
    this.tell({ about: 'attempt', reference: attempt, answer });
    return isHeld ? this.hold(attempt) : { kind: 'approved', receipt: this.receipt(attempt) };
  }

  private capture({ capture_id, attempt_id }: Operation, order: Order | undefined): Answer {
    const asked = this.bench.payment.captures.find(({ id }) => id === capture_id);
    const reference = capture_id ?? '';
    if (order?.state !== 'held' || !asked)
      this.tell({
        about: 'capture',
        reference,
        answer: { kind: 'declined', failure: this.failure() },
      });
    else {
      this.orders.set(attempt_id, { state: 'paid', captured: asked.amount });
      const answer = { kind: 'captured', amount: asked.amount, currency: cny } as const;
      this.tell({ about: 'capture', reference, answer });
    }
    return { kind: 'pending' };
  }

  private refund({ refund_id }: Operation): Answer {
    const asked = this.bench.payment.refunds.find(({ id }) => id === refund_id);
    if (!asked) throw new Error(`no refund ${refund_id}`);
    const { receipt_reference: paid } = asked;
    if (this.strays.get(paid) === 'held')
      this.strays.set(paid, 'released'); // reversed: nothing was taken
    else this.back.set(asked.id, asked.amount);
    const answer = refundOf(asked.id, asked.amount);
    this.tell({ about: 'refund', reference: asked.id, answer });
    return { ...answer, status: 'processing' };
  }

  private failure(): Failure {
    return failureOf(this.why, { code: '2', message: 'Refused' });
  }

  private receipt(attempt: string): Receipt {
    return { channel_reference: `psp_${attempt}`, amount: toMinor(1_999), currency: cny, paid_at: '2026-11-24T00:00:00Z' }; // prettier-ignore
  }

  private authorised({ paid_at: at, ...money }: Receipt): Authorised {
    return { kind: 'authorised', ...money, at, ends_at: '2027-01-01T00:00:00Z' };
  }

  private hold(attempt: string): Held {
    const { channel_reference, amount: held, currency } = this.receipt(attempt);
    return { kind: 'held', channel_reference, held, captured: toMinor(0), currency, ends_at: null, is_over: false }; // prettier-ignore
  }

  /** Of an attempt under the channel's number of the order; left out: of ours. */
  private tell(said: Record<'about' | 'reference', string> & { order?: string; answer: object }): void {
    const order = said.about === 'attempt' ? { order: `psp_${said.reference}` } : {};
    this.notices.push({ kind: 'evidence', ...order, ...said } as Told);
  } // prettier-ignore
}

function refundOf(reference: string, amount: number) {
  return { kind: 'refund', status: 'succeeded', channel_reference: `psp_${reference}`, amount: amount as Minor, currency: cny } as const; // prettier-ignore
}
