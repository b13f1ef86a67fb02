import type { Payment } from './contract.ts';
import type { Merchant } from './merchant.ts';
import type { Complaints } from './violation.ts';
import { pause } from './wire.ts';

/** The steps of the contract's table (section 2), one at a time. */
const steps: Readonly<Record<string, readonly string[]>> = {
  requires_payment_method: ['processing', 'canceling', 'canceled', 'failed'],
  processing: ['requires_payment_method', 'requires_action', 'requires_capture', 'partially_captured', 'canceling', 'succeeded', 'canceled', 'failed'],
  requires_action: ['processing', 'requires_payment_method', 'requires_capture', 'canceling', 'succeeded', 'canceled', 'failed'],
  requires_capture: ['processing', 'partially_captured', 'canceling', 'succeeded', 'canceled'],
  partially_captured: ['processing', 'canceling', 'succeeded'],
  canceling: ['processing', 'requires_capture', 'succeeded', 'canceled', 'failed'],
  succeeded: [],
  canceled: [],
  failed: [],
}; // prettier-ignore

/** Attempts that take no more money. */
const over: ReadonlySet<string> = new Set(['paid', 'declined', 'closed', 'abandoned']);

/** When and where a payment was seen. */
interface Sight {
  readonly at: number;
  readonly payment: Payment;
}

/** I8: somebody who looks ten times a second, and believes what he sees. */
export class Reader {
  /** The last sight of each payment. */
  readonly last = new Map<string, Sight>();
  /** Every status that a payment was seen in. */
  readonly statuses = new Map<string, Set<string>>();
  /** When each payment was first seen to have moved on from what it was before. */
  readonly moves = new Map<string, number[]>();
  private isReading = true;
  private readonly merchant: Merchant;
  private readonly complaints: Complaints;

  constructor(merchant: Merchant, complaints: Complaints) {
    this.merchant = merchant;
    this.complaints = complaints;
  }

  /** Reads until `stop`, at most so many of the newest payments at a time. */
  async read(limit: number): Promise<void> {
    while (this.isReading) {
      const next = Date.now() + 100;
      const page = await this.merchant.newest(limit);
      for (const payment of page ?? []) this.see(payment);
      await pause(Math.max(0, next - Date.now()));
    }
  }

  stop(): void {
    this.isReading = false;
  }

  private see(payment: Payment): void {
    const living = payment.attempts.filter(({ status }) => !over.has(status));
    if (living.length > 1) this.complaints.add('I8', payment.id, 'has two attempts that may take money'); // prettier-ignore
    const before = this.last.get(payment.id)?.payment;
    if (before && before.sequence === payment.sequence && before.status === payment.status) return;
    if (before) this.compare(before, payment);
    const at = Date.now();
    this.last.set(payment.id, { at, payment });
    const statuses = this.statuses.get(payment.id) ?? new Set();
    this.statuses.set(payment.id, statuses.add(payment.status));
    this.moves.set(payment.id, [...(this.moves.get(payment.id) ?? []), at]);
  }

  private compare(before: Payment, now: Payment): void {
    const complain = (detail: string) => this.complaints.add('I8', now.id, detail);
    if (now.sequence < before.sequence)
      complain(`went back from sequence ${before.sequence} to ${now.sequence}`);
    if (now.sequence === before.sequence)
      complain(`is ${before.status} and ${now.status} at sequence ${now.sequence}`);
    if (!reachable(before.status, now.status)) complain(`${before.status} became ${now.status}`);
    if (now.amount_captured < before.amount_captured)
      complain(`captured ${before.amount_captured}, then ${now.amount_captured}`);
    if (now.amount_refunded + now.amount_refunding > now.amount_captured)
      complain(`gives back more than the ${now.amount_captured} that were captured`);
  }
}

/** By any number of steps: a reader blinks. */
function reachable(from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const one of seen) for (const next of steps[one] ?? []) seen.add(next);
  return seen.has(to);
}
