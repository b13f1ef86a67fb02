import type { BillRow, Ledger } from '../bill.ts';
import type { DisputeEntry, RefundEntry, Transaction } from '../transaction.ts';
import type { OwnDispute } from './dispute-wire.ts';
import { money } from './money.ts';
import { type Capture, freshId, type Order, ordersOf, type PaypalOptions } from './order.ts';
import { captureStatus, feeOf, type OwnRefund } from './payment-wire.ts';
import { present, type Wire } from './resource.ts';
import { payerId } from './wire.ts';
import { channel } from './wording.ts';

/** PayPal's codes of what moves money (developer.paypal.com/docs/transaction-search/transaction-event-codes). */
const codes = {
  /** Paid by an order. */
  payment: 'T0006',
  refund: 'T1107',
  hold: 'T1110',
  hold_released: 'T1111',
  /** PayPal gives the buyer his money back. */
  reversal: 'T1106',
} as const;

/** `S`: done; `P`: waits; `D`: came to nothing; `V`: done and given back in full. */
type Status = 'S' | 'P' | 'D' | 'V';

/** What moved the merchant's balance: negative when it went; `fee` is what PayPal keeps. Times in milliseconds. */
interface Movement extends BillRow {
  readonly kind: keyof typeof codes;
  readonly id: string;
  readonly status: Status;
  readonly at: number;
  readonly updated_at: number;
  readonly currency: string;
  /** What it gives back, or is a claim on. */
  readonly of: string | null;
  readonly invoice_id: string | null;
  readonly custom_id: string | null;
}

/** All that ever moved, oldest first. Each day is UTC's. */
export function ledgerOf(options: PaypalOptions): Ledger<Movement> {
  const mine = [...options.books.transactions.values()].filter((one) => one.channel === channel);
  return {
    rows: mine.flatMap((one) => movementsOf(options, one)).sort((one, other) => one.at - other.at),
    dayOf: ({ at }) => new Date(at).toISOString().slice(0, 10),
    ofNobody: (row) => ({
      ...row,
      references: [],
      id: freshId(),
      invoice_id: null,
      custom_id: 'att_of_nobody_0000',
    }),
  };
}

function movementsOf(options: PaypalOptions, transaction: Transaction): Movement[] {
  const { refunds, disputes = [] } = transaction;
  return ordersOf(transaction).flatMap((order) =>
    order.captures.flatMap((capture) => [
      payment(options, order, capture),
      ...refunds.filter((one) => isOf(one, capture)).map((one) => refund(order, one)),
      ...disputes.filter((one) => isOf(one, capture)).flatMap((one) => claim(order, one)),
    ]),
  );
}

function isOf({ own }: RefundEntry | DisputeEntry, { id }: Capture): boolean {
  return (own as OwnRefund | OwnDispute).capture_id === id;
}

function payment(options: PaypalOptions, order: Order, capture: Capture): Movement {
  const { id, amount, created_at, updated_at } = capture;
  const { reference, currency, custom_id } = order;
  const status = paymentStatuses[captureStatus(options, order, capture)] ?? 'S';
  return {
    kind: 'payment',
    references: [reference],
    id,
    status,
    amount,
    fee: status === 'S' || status === 'V' ? feeOf(amount, currency) : 0,
    at: created_at,
    updated_at,
    currency,
    of: order.id,
    invoice_id: capture.invoice_id ?? order.invoice_id,
    custom_id,
  };
}

const paymentStatuses: Readonly<Record<string, Status>> = {
  PENDING: 'P',
  DECLINED: 'D',
  REFUNDED: 'V',
};

const refundStatuses = { processing: 'P', succeeded: 'S', failed: 'D' } as const;

/** PayPal keeps its fee. */
function refund({ reference }: Order, entry: RefundEntry): Movement {
  const own = entry.own as OwnRefund;
  const { capture_id, currency, invoice_id, custom_id, updated_at } = own;
  return {
    kind: own.is_reversal ? 'reversal' : 'refund',
    references: [reference, entry.reference],
    id: entry.refund_id,
    status: refundStatuses[entry.state],
    amount: -entry.amount,
    fee: 0,
    at: Date.parse(entry.created_at),
    updated_at,
    currency,
    of: capture_id,
    invoice_id,
    custom_id,
  };
}

/** What is disputed is held; when PayPal has decided it is free again, and goes to the buyer if he was right. */
function claim(order: Order, { reference, amount, state, own }: DisputeEntry): Movement[] {
  const { capture_id, created_at, updated_at } = own as OwnDispute;
  const moved = (kind: Movement['kind'], signed: number, at: number): Movement => ({
    kind,
    references: [order.reference, reference],
    id: `${reference.replaceAll('-', '')}${codes[kind]}`,
    status: 'S',
    amount: signed,
    fee: 0,
    at,
    updated_at: at,
    currency: order.currency,
    of: capture_id,
    invoice_id: order.invoice_id,
    custom_id: order.custom_id,
  });
  const held = moved('hold', -amount, created_at);
  if (state === 'opened') return [held];
  const freed = [held, moved('hold_released', amount, updated_at)];
  return state === 'won' ? freed : [...freed, moved('reversal', -amount, updated_at)];
}

/** A time as this part of PayPal's API has it: `2026-11-29T17:00:00+0000`. */
export function reportTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}

/** A movement as `GET /v1/reporting/transactions` lists it. */
export function wireMovement(movement: Movement): Wire {
  const { kind, id, status, amount, fee, at, updated_at, currency, of } = movement;
  return {
    transaction_info: {
      paypal_account_id: payerId,
      transaction_id: id,
      ...present({ paypal_reference_id: of }),
      ...(of === null ? {} : { paypal_reference_id_type: kind === 'payment' ? 'ODR' : 'TXN' }),
      transaction_event_code: codes[kind],
      transaction_initiation_date: reportTime(at),
      transaction_updated_date: reportTime(updated_at),
      transaction_amount: money(amount, currency),
      ...(fee === 0 ? {} : { fee_amount: money(-fee, currency) }),
      transaction_status: status,
      ...present({ invoice_id: movement.invoice_id, custom_field: movement.custom_id }),
      protection_eligibility: '01',
    },
  };
}
