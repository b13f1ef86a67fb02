import type { RefundAnswer } from '../../domain/outcome.ts';
import type { RefundBooked } from '../books.ts';
import type { Call } from '../channel.ts';
import type { RefundOrder } from '../refund.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { booksOf } from './order.ts';

/** Puts money back into the wallet that it came from, once under our number. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const { attempt_reference, reference, amount } = order;
  return said(await booksOf(call).refund(attempt_reference, reference, amount), order);
}

export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  return said(await booksOf(call).findRefund(order.attempt_reference, order.reference), order);
}

function said(booked: RefundBooked, { reference }: RefundOrder): RefundAnswer {
  if (booked.kind === 'refused') return { kind: 'declined', failure: failureFrom(booked.why) };
  if (booked.kind !== 'refunded') return booked;
  const { amount, currency } = booked;
  return { kind: 'refund', status: 'succeeded', channel_reference: reference, amount, currency };
}
