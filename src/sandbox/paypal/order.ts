import { randomInt } from 'node:crypto';

import type { Books } from '../books.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { paypalKeys as keys } from './keys.ts';
import { channel, type Issue } from './wording.ts';

/** What the simulated PayPal works with. Times in milliseconds. */
export interface PaypalOptions extends ChannelOptions {
  /** The merchant's webhook: PayPal knows one per application, not one per order. */
  readonly webhookUrl: string;
  /** This server, where the payer finds the cashier and the merchant the certificate. */
  readonly origin: string;
  /** How long the payer has to approve, and the merchant as long again to capture. */
  readonly orderMs: number;
  readonly holdMs: number;
  /** Until a pending capture completes. */
  readonly processingMs: number;
  /** How long an order's idempotency key is remembered. */
  readonly keyMs: number;
  readonly tokenMs: number;
  /** How late the list of transactions is. */
  readonly reportMs: number;
}

/** One taking of money, whether it came to money or not. Amounts in ISO 4217 minor units, times in milliseconds. */
export interface Capture {
  readonly id: string;
  readonly amount: number;
  readonly status: 'COMPLETED' | 'PENDING' | 'DECLINED';
  /** Why it is or was pending, or null. */
  readonly reason: string | null;
  readonly final: boolean;
  readonly invoice_id: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  /** When a pending one completes by itself. */
  readonly settles_at: number | null;
  /** PayPal will take it back. */
  readonly bounces?: true;
}

/** The hold of an order with the intent AUTHORIZE. */
export interface Authorization {
  readonly id: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
  /** How it ended: the rest was given back, or all or the last part was captured. */
  readonly ended: 'voided' | 'expired' | 'captured' | null;
}

/** An order, with its one purchase unit. */
export interface Order {
  readonly id: string;
  /** The merchant's number, `custom_id`, else `invoice_id`; who gives none is known by PayPal's. */
  readonly reference: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  readonly status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED';
  readonly amount: number;
  readonly currency: string;
  readonly reference_id: string;
  readonly custom_id: string | null;
  readonly invoice_id: string | null;
  readonly description: string | null;
  readonly return_url: string | null;
  readonly cancel_url: string | null;
  /** When it dies by itself unless money has moved. */
  readonly expires_at: number;
  readonly is_dead: boolean;
  /** When its payer, who was forced, pays also what nobody captures; left out where he was not. */
  readonly unasked_at?: number;
  /** What captures of it will run into: the payer has approved with funds that are no good. */
  readonly declines: Issue | null;
  /** Why captures of it will be pending at first, or null. */
  readonly pends: string | null;
  readonly authorization: Authorization | null;
  readonly captures: readonly Capture[];
}

/** PayPal's own part of a transaction: the orders under one number, oldest first. */
export function ordersOf(transaction: Transaction): readonly Order[] {
  return transaction.own as readonly Order[];
}

const letters = '0123456789ABCDEFGHJKLMNPQRSTUVWXY';

/** A number as PayPal makes them: 17 characters, the last one a letter. */
export function freshId(): string {
  const one = (least: number) => letters.charAt(randomInt(least, letters.length));
  return Array.from({ length: 16 }, () => one(0)).join('') + one(10);
}

/** The order with this id, also a dead one, or null. */
export function findOrder(books: Books, id: string): Order | null {
  const found = orderOf(books, id);
  return found?.id === id ? found : null;
}

/** The order that this number of PayPal's belongs to: its own, its authorization's or a capture's. */
export function orderOf(books: Books, number: string): Order | null {
  const transaction = books.findNumber(channel, number);
  const has = (order: Order) => numbersOf(order).includes(number);
  return (transaction && ordersOf(transaction).find(has)) ?? null;
}

/** The capture with this id and its order, or null. */
export function findCapture(books: Books, id: string): { order: Order; capture: Capture } | null {
  const order = orderOf(books, id);
  const capture = order?.captures.find((one) => one.id === id);
  return order && capture ? { order, capture } : null;
}

/** Oldest first. */
function numbersOf({ id, authorization, captures }: Order): string[] {
  return [id, ...(authorization ? [authorization.id] : []), ...captures.map((one) => one.id)];
}

/**
 * Writes an order, new or changed, into the books.
 *
 * @returns the transaction after it
 */
export function saveOrder(books: Books, order: Order): Transaction {
  const before = books.find(channel, order.reference);
  const known = before ? ordersOf(before) : [];
  const orders = known.some(({ id }) => id === order.id)
    ? known.map((one) => (one.id === order.id ? order : one))
    : [...known, order];
  const first = orders[0] ?? order;
  const after: Transaction = {
    channel,
    account: keys.channel_account,
    reference: order.reference,
    numbers: orders.flatMap(numbersOf),
    amount: first.amount,
    currency: first.currency,
    created_at: new Date(first.created_at).toISOString(),
    state: stateOf(orders),
    takings: orders.flatMap(takingOf),
    refunds: before?.refunds ?? [],
    ...(before?.disputes && { disputes: before.disputes }),
    own: orders,
  };
  books.save(after);
  return after;
}

/** The number of the money: of a capture, or of the hold whose captures are one taking. */
export function takingId({ authorization }: Order, { id }: Capture): string {
  return authorization?.id ?? id;
}

/** What the merchant has of an order, in minor units. */
export function takenOf({ captures }: Order): number {
  return captures.reduce((sum, one) => sum + (one.status === 'COMPLETED' ? one.amount : 0), 0);
}

/** What is no longer free of a hold: a pending capture has a claim on it. */
export function claimedOf({ captures }: Order): number {
  return captures.reduce((sum, one) => sum + (one.status === 'DECLINED' ? 0 : one.amount), 0);
}

function takingOf(order: Order): Taking[] {
  const first = order.captures.find(({ status }) => status === 'COMPLETED');
  if (!first) return [];
  const at = new Date(first.updated_at).toISOString();
  return [{ transaction_id: takingId(order, first), amount: takenOf(order), at }];
}

/** A number is held as long as any of its orders is, else paid when any is, else as the youngest is. */
function stateOf(orders: readonly Order[]): Transaction['state'] {
  const states = orders.map(shownState);
  return (
    states.find((state) => state === 'held') ??
    states.find((state) => state === 'paid') ??
    states.at(-1) ??
    'created'
  );
}

/** The state that the contract's books give an order. */
export function shownState(order: Order): Transaction['state'] {
  const { authorization, captures, is_dead } = order;
  if (authorization && authorization.ended === null) return 'held';
  if (takenOf(order) > 0) return 'paid';
  if (captures.some(({ status }) => status === 'PENDING')) return 'created';
  if (is_dead || (authorization && authorization.ended !== 'captured')) return 'closed';
  return captures.length > 0 ? 'declined' : 'created';
}
