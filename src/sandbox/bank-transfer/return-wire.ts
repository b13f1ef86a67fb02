import type { RefundEntry } from '../transaction.ts';
import type { ReturnRequest } from './parameters.ts';
import { wireTime } from './wording.ts';

/** Why a return failed: the reasons of ISO 20022 that the bank gives. */
export const returnReasons = ['AC01', 'AC04', 'AC06', 'AG01', 'RR04', 'FF01', 'MS03'] as const;

/** What a return has besides what every refund has; times in milliseconds since the epoch. */
export interface Return {
  readonly asked: ReturnRequest;
  readonly status: 'pending' | 'booked' | 'bounced' | 'rejected';
  readonly reason_code: (typeof returnReasons)[number] | null;
  readonly booked_at: number | null;
  readonly bounced_at: number | null;
}

export function returnOf(entry: RefundEntry): Return {
  return entry.own as Return;
}

/** A return as the bank shows it (its page, section 3). */
export function wireReturn(entry: RefundEntry): object {
  const { asked, status, reason_code, booked_at, bounced_at } = returnOf(entry);
  const time = (ms: number | null) => (ms === null ? null : wireTime(ms));
  return {
    object: 'return',
    number: entry.reference,
    id: entry.refund_id,
    ...asked,
    status,
    reason_code,
    created_at: wireTime(Date.parse(entry.created_at)),
    booked_at: time(booked_at),
    bounced_at: time(bounced_at),
  };
}
