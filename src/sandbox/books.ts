import type { Journal } from './journal.ts';

/** One taking of the payer's money under a number. */
export interface Taking {
  readonly transaction_id: string;
  readonly amount: number;
  readonly at: string;
}

export interface RefundEntry {
  readonly reference: string;
  readonly refund_id: string;
  readonly transaction_id: string;
  readonly amount: number;
  readonly notify_url: string;
  readonly created_at: string;
  /** When it is to be delivered, or known to be undeliverable. */
  readonly settles_at: number;
  readonly bounces: boolean;
  state: 'processing' | 'succeeded' | 'failed';
}

/** An order as the channel knows it: what was asked (verbatim), what became of it. */
export interface Transaction {
  readonly channel: string;
  readonly account: string;
  readonly reference: string;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly amount: number;
  readonly currency: string;
  readonly expires_at: string;
  readonly notify_url: string;
  readonly handle: string;
  readonly created_at: string;
  state: 'created' | 'held' | 'paid' | 'closed' | 'declined';
  queried: boolean;
  takings: Taking[];
  refunds: RefundEntry[];
}

export interface Violation {
  readonly at: string;
  readonly channel: string;
  readonly reference: string;
  readonly rule: string;
  readonly detail: string;
}

/** A callback that waits for its acknowledgement. */
export interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly reference: string;
  readonly url: string;
  /** The content before it is encrypted and signed, which is done afresh for each try. */
  readonly notice: Readonly<Record<string, unknown>>;
  readonly operation: 'payment' | 'refund';
  tries: number;
  next_at: number;
  status: 'waiting' | 'acknowledged' | 'given_up';
}

export interface Fault {
  readonly id: string;
  readonly channel: string;
  readonly operation: string;
  readonly fault: string;
  readonly reference?: string | undefined;
  readonly probability?: number | undefined;
  readonly delay_ms?: number | undefined;
  readonly copies?: number | undefined;
  /** How often it still strikes; undefined: until deleted. */
  left?: number | undefined;
}

/** One line of the journal: the new state of one thing. */
export type Entry =
  | { readonly kind: 'transaction'; readonly transaction: Transaction }
  | { readonly kind: 'violation'; readonly violation: Violation }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'faults'; readonly faults: Fault[] };

/** Everything that the sandbox knows. Written to the journal before anybody is answered. */
export class Books {
  readonly transactions = new Map<string, Transaction>();
  readonly violations: Violation[] = [];
  readonly deliveries = new Map<string, Delivery>();
  faults: Fault[] = [];
  private journal: Journal<Entry> | null = null;

  /** Folds one line: at start the journal's, later each as it is written. */
  fold(entry: Entry): void {
    switch (entry.kind) {
      case 'transaction':
        this.transactions.set(
          `${entry.transaction.channel} ${entry.transaction.reference}`,
          entry.transaction,
        );
        return;
      case 'violation':
        this.violations.push(entry.violation);
        return;
      case 'delivery':
        this.deliveries.set(entry.delivery.id, entry.delivery);
        return;
      case 'faults':
        this.faults = entry.faults;
    }
  }

  use(journal: Journal<Entry>): void {
    this.journal = journal;
  }

  write(entry: Entry): void {
    this.journal?.append(entry);
    this.fold(entry);
  }

  find(channel: string, reference: string): Transaction | undefined {
    return this.transactions.get(`${channel} ${reference}`);
  }

  save(transaction: Transaction): void {
    this.write({ kind: 'transaction', transaction });
  }

  violate(channel: string, reference: string, rule: string, detail: string): void {
    this.write({
      kind: 'violation',
      violation: { at: new Date().toISOString(), channel, reference, rule, detail },
    });
  }

  reset(): void {
    this.journal?.clear();
    this.transactions.clear();
    this.violations.length = 0;
    this.deliveries.clear();
    this.faults = [];
  }
}

/** What was taken, and what was given back, under one number. */
export function captured(transaction: Transaction): number {
  return transaction.takings.reduce((sum, taking) => sum + taking.amount, 0);
}

export function refunded(transaction: Transaction): number {
  return transaction.refunds.reduce(
    (sum, refund) => sum + (refund.state === 'succeeded' ? refund.amount : 0),
    0,
  );
}

/** A transaction as `GET /control/books` shows it. */
export function shown(transaction: Transaction): object {
  const { channel, account, reference, amount, currency, state, created_at } = transaction;
  const first = transaction.takings[0];
  return {
    channel,
    account,
    reference,
    channel_reference: first?.transaction_id ?? null,
    amount,
    currency,
    state,
    paid_count: transaction.takings.length,
    captured: captured(transaction),
    refunded: refunded(transaction),
    refunds: transaction.refunds.map((refund) => ({
      reference: refund.reference,
      amount: refund.amount,
      state: refund.state,
    })),
    created_at,
    paid_at: first?.at ?? null,
  };
}
