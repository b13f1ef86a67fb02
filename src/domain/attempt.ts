import type { Currency } from './currency.ts';
import { allowsFailover, type Failure } from './failure.ts';
import type { Id } from './id.ts';
import type { Increment } from './increment.ts';
import { equal, type Minor, sum, zero } from './money.ts';
import type { Instant, Operation } from './operation.ts';
import type { NextAction, Receipt } from './outcome.ts';
import type { Usage } from './payment-method.ts';
import type { Route, Routing } from './routing.ts';

export const attemptStatuses = [
  'planned', 'processing', 'requires_action', 'held', 'paid', 'declined', 'closed', 'abandoned', 'unknown',
] as const; // prettier-ignore
export type AttemptStatus = (typeof attemptStatuses)[number];

/**
 * What may follow what. Knowledge only grows: `paid` is the end whatever comes later, and money (or a hold,
 * which is released again) can still turn up on an attempt that was declined or closed.
 */
export const attemptTransitions = {
  planned: ['requires_action', 'processing', 'unknown', 'held', 'declined', 'closed', 'paid'],
  requires_action: ['planned', 'processing', 'unknown', 'held', 'declined', 'closed', 'paid'],
  processing: ['requires_action', 'planned', 'unknown', 'held', 'declined', 'closed', 'paid'],
  unknown: ['planned', 'requires_action', 'processing', 'held', 'declined', 'closed', 'paid'],
  held: ['unknown', 'paid', 'closed'],
  declined: ['held', 'paid'],
  closed: ['held', 'paid'],
  abandoned: ['paid'],
  paid: [],
} as const satisfies Record<AttemptStatus, readonly AttemptStatus[]>;

/**
 * What a receipt pays for; `held`: late money that waits for a person's decision. `part`: too little by itself, and the
 * order waits for more; until then it is the payer's.
 */
export type ReceiptUse = 'order' | 'late' | 'duplicate' | 'held' | 'part';

export interface CountedReceipt extends Receipt {
  use: ReceiptUse;
}

/** One try at one channel. */
export interface Attempt {
  readonly id: Id<'att'>;
  readonly channel: string;
  readonly channel_account: Id<'cha'>;
  /** The version of the account's settings that this attempt was made with. */
  readonly account_version: number;
  /** Why it goes there; null of attempts from before there were rules. */
  readonly routing: Routing | null;
  /** Where the payment goes on when this attempt is dead, in this order; null where it stays. */
  readonly backups: readonly Route[] | null;
  readonly method: string;
  /** Raised by an increment. */
  amount: Minor;
  readonly currency: Currency;
  status: AttemptStatus;
  /** Is there an order at the channel? `maybe`: a create left and was not answered, or the payer has yet to open it. */
  created: 'no' | 'maybe' | 'yes';
  /** The channel's number of an order that must be confirmed before it moves money; null where there is no such step. */
  handle: string | null;
  /** Was the confirmation executed? */
  confirmed: 'no' | 'maybe' | 'yes';
  /** What the payer came back with and nobody has refused yet, by its number: the first is what we confirm by. */
  returns: readonly Id<'cbk'>[];
  /** What the payer's method came with, for the channel alone: a card token, his openid, his browser's address, his code. Sealed. */
  token: string | null;
  /** The saved method that it pays with or is to become; null for one that is used this once. */
  readonly payment_method: Id<'pm'> | null;
  readonly usage: Usage;
  /** What the channel holds or held for a manual capture; 0 without a hold. */
  held: Minor;
  increments: Increment[];
  /** When the channel gives back what it still holds. */
  capture_before: Instant | null;
  /** Where giving up stands: query, then close, then query for proof. */
  ending: null | 'ask' | 'close' | 'prove';
  /** Why nothing more is asked until a person decides. */
  frozen: null | 'disagrees' | 'unanswered';
  channel_reference: string | null;
  next_action: NextAction | null;
  /** When the code is dead: the one that we show, or the one that the payer presents. */
  code_ends_at: Instant | null;
  failure: Failure | null;
  receipts: CountedReceipt[];
  operations: Operation[];
  readonly created_at: Instant;
  updated_at: Instant;
}

const over: ReadonlySet<AttemptStatus> = new Set(['paid', 'declined', 'closed', 'abandoned']);

/** True while money could still be asked for or taken under this attempt. */
export function isLive(attempt: Pick<Attempt, 'status'>): boolean {
  return !over.has(attempt.status);
}

/**
 * Is it proved that nothing was and will be taken under this attempt, for a reason that is not the payer's, and has he seen
 * nothing of it? Then another account may be asked (architecture section 4).
 */
export function isDead(attempt: Attempt): boolean {
  const { status, failure, receipts, held } = attempt;
  const isOver = status === 'declined' || status === 'closed';
  const isUntouched = receipts.length === 0 && held === zero && !wasCreateLost(attempt);
  return isOver && isUntouched && isUnseen(attempt) && failure !== null && allowsFailover(failure);
}

/** Was it made by a call that nobody answered, under no number that we know? Then no word about it is beyond doubt. */
function wasCreateLost({ handle, operations }: Attempt): boolean {
  const isLost = ({ verb, ended }: Operation) =>
    verb === 'create' && (ended === 'unknown' || ended === 'stored');
  return handle === null && operations.some(isLost);
}

/** Has the payer been shown nothing, nor shown a code of his own? One at a till is good for one channel. */
export function isUnseen({ next_action, code_ends_at }: Attempt): boolean {
  return next_action === null && code_ends_at === null;
}

/** Does the payer present a code of his own? Then nothing is shown to him, and the order ends by a reversal (decision 0033). */
export function isPresented({ code_ends_at, next_action }: Attempt): boolean {
  return code_ends_at !== null && next_action === null;
}

/** Moves the attempt along the table; a step that the table lacks is no step (late, weaker evidence). */
export function advance(attempt: Attempt, to: AttemptStatus): void {
  const next: readonly AttemptStatus[] = attemptTransitions[attempt.status];
  if (next.includes(to)) attempt.status = to;
}

/** Does the receipt name the amount and the currency that this attempt asked for? */
export function agrees(attempt: Pick<Attempt, 'amount' | 'currency'>, receipt: Receipt): boolean {
  return equal(attempt, receipt);
}

/** Is money counted under this number of the channel's? */
export function isCounted({ receipts }: Pick<Attempt, 'receipts'>, number: string | null): boolean {
  return receipts.some((one) => one.channel_reference === number);
}

/** Everything that was taken of the payer under this attempt, in the attempt's currency. */
export function amountCaptured({ receipts, currency }: Attempt): Minor {
  const own = receipts.filter((receipt) => receipt.currency === currency);
  return sum([zero, ...own.map((receipt) => receipt.amount)]);
}
