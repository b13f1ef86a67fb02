import type { CaptureOrder, IncrementOrder, Order } from '../../src/channels/order.ts';
import type { RefundOrder } from '../../src/channels/refund.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Verb } from '../../src/domain/operation.ts';
import type { Answer, Held, QueryAnswer, Receipt } from '../../src/domain/outcome.ts';
import { qrCode, receipt } from '../support/payment.ts';

interface Entry {
  state: 'open' | 'pending' | 'closed' | { readonly paid: Receipt } | { readonly held: Held };
}

export type Body = Order | CaptureOrder | IncrementOrder | RefundOrder;

/** What a channel has: codes that are paid, or cards that are charged or held. It does each call once per number. */
export class ScriptedBook {
  readonly orders = new Map<string, Entry>();
  readonly refunds = new Map<string, RefundOrder>();
  codeEndsAt: () => string | null = () => null;
  private readonly isOfCards: boolean;

  constructor(isOfCards: boolean) {
    this.isOfCards = isOfCards;
  }

  reset(): void {
    this.orders.clear();
    this.refunds.clear();
    this.codeEndsAt = () => null;
  }

  /** The payer pays. Throws when there is no such order or it takes no money. */
  pay(reference: string): Receipt {
    const entry = this.orders.get(reference);
    if (entry?.state !== 'open') throw new Error(`${reference} cannot be paid at the channel`);
    const paid = receipt({ channel_reference: `rcp-${reference}` });
    entry.state = { paid };
    return paid;
  }

  /** What the book says, and what the call does to it. */
  own(verb: Verb, body: Body): Answer {
    switch (verb) {
      case 'create':
        return this.create(body as Order);
      case 'confirm':
        return this.charge(body as Order);
      case 'query':
        return this.stateOf(body.reference);
      case 'capture':
        return this.capture(body as CaptureOrder);
      case 'increment':
        return this.increment(body as IncrementOrder);
      case 'close':
      case 'void':
        return this.end(body.reference);
      case 'refund':
        this.refunds.set(body.reference, body as RefundOrder);
        return refundAnswer(body as RefundOrder);
      case 'query_refund': {
        const made = this.refunds.get(body.reference);
        return made ? refundAnswer(made) : { kind: 'not_found' };
      }
    }
  }

  private create({ reference }: Order): Answer {
    const entry = this.orders.get(reference);
    if (entry && entry.state !== 'open') return { kind: 'unknown', detail: 'it is not open' };
    this.orders.set(reference, { state: 'open' });
    if (this.isOfCards) return { kind: 'created', handle: `in-${reference}` };
    return { ...qrCode, code_ends_at: this.codeEndsAt() } as Answer;
  }

  private charge({ reference, amount, currency, capture }: Order): Answer {
    const entry = this.orders.get(reference);
    if (entry?.state !== 'open') return this.stateOf(reference);
    if (capture === 'automatic') this.pay(reference);
    else entry.state = { held: { kind: 'held', channel_reference: `in-${reference}`, held: amount, captured: toMinor(0), currency, ends_at: null, is_over: false } }; // prettier-ignore
    return this.stateOf(reference);
  }

  private capture({ reference, capture_amount, is_final }: CaptureOrder): Answer {
    const entry = this.orders.get(reference);
    if (typeof entry?.state !== 'object' || !('held' in entry.state)) return { kind: 'refused', detail: 'nothing is held' }; // prettier-ignore
    const { held } = entry.state;
    const captured = toMinor(held.captured + capture_amount);
    entry.state = { held: { ...held, captured, is_over: is_final || captured === held.held } };
    return this.stateOf(reference);
  }

  private increment({ reference, increment_amount: held }: IncrementOrder): Answer {
    const entry = this.orders.get(reference);
    if (typeof entry?.state !== 'object' || !('held' in entry.state)) return { kind: 'declined', failure: failureOf('card_declined', { code: null, message: null }) }; // prettier-ignore
    entry.state = { held: { ...entry.state.held, held } };
    return this.stateOf(reference);
  }

  private end(reference: string): Answer {
    const entry = this.orders.get(reference);
    const isHeld = typeof entry?.state === 'object' && 'held' in entry.state;
    if (!entry || (entry.state !== 'open' && !isHeld)) return { kind: 'refused', detail: 'it is not open' }; // prettier-ignore
    entry.state = 'closed';
    return { kind: 'closed' };
  }

  private stateOf(reference: string): QueryAnswer {
    const state = this.orders.get(reference)?.state;
    if (state === undefined) return { kind: 'not_found' };
    if (typeof state === 'string') return { kind: state };
    return 'held' in state ? state.held : { kind: 'approved', receipt: state.paid };
  }
}

function refundAnswer({ amount, currency, reference }: RefundOrder): Answer {
  const channel_reference = `r-${reference}`;
  return { kind: 'refund', status: 'succeeded', channel_reference, amount, currency };
}
