import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';

import type { View } from '../domain/view.ts';

/** What operators search by (SQL visibility: at most 10 Keyword, 3 Int). No personal data: it is stored in clear. */
export const search = {
  merchantId: defineSearchAttributeKey('MerchantId', 'KEYWORD'),
  appId: defineSearchAttributeKey('AppId', 'KEYWORD'),
  orderNo: defineSearchAttributeKey('OrderNo', 'KEYWORD'),
  status: defineSearchAttributeKey('PaymentStatus', 'KEYWORD'),
  outcome: defineSearchAttributeKey('PaymentOutcome', 'KEYWORD'),
  channel: defineSearchAttributeKey('Channel', 'KEYWORD'),
  currency: defineSearchAttributeKey('Currency', 'KEYWORD'),
  needsAttention: defineSearchAttributeKey('NeedsAttention', 'KEYWORD'),
  amountMinor: defineSearchAttributeKey('AmountMinor', 'INT'),
} as const;

/** What of a payment changes while it runs. */
export function searchable(view: View): SearchAttributeUpdatePair[] {
  return [
    { key: search.status, value: view.status },
    { key: search.outcome, value: view.outcome },
    { key: search.channel, value: view.channel },
    { key: search.needsAttention, value: view.needs_attention },
  ];
}
