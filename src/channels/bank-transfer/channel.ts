import type { Channel } from '../channel.ts';
import { type Account, currencies, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { close, create, query } from './order.ts';
import { redact } from './redaction.ts';
import { queryRefund, refund } from './refund.ts';

const refusal = (code: string, message: string) => JSON.stringify({ code, message });

/** Bank transfer: a virtual account for each payment, to which the payer transfers what he likes (docs/channels/bank-transfer.md). */
export const bankTransfer: Channel<Account> = {
  slug: 'bank-transfer',
  facts: {
    methods: { bank_transfer: currencies },
    bill: bills,
    hosts: [], // each bank has its own, which the operator vouches for
    identity: ['customer'],
    reply_keys: ['bank_keys'],
    reported_after_ms: null,
    replay_window_ms: null,
    not_found_means: 'never_created',
    calls: { at_once: 100, per_second: 100 }, // the bank names no limit
    closed_when: 'query_says_closed',
    confirms: 'never',
    several_credits: true,
    captures: 'none',
    refund_names: 'money',
    refund_spacing_ms: 0,
    refunds_max: 100, // ours: the bank names none
    verdict_type: 'application/json',
    verdicts: {
      accepted: { status: 204, body: null },
      refused: { status: 400, body: refusal('REFUSED', 'not as we know it') },
      forged: {
        status: 401,
        body: refusal('SIGNATURE_INVALID', 'not signed by a key of the bank'),
      },
      retry: { status: 503, body: refusal('UNAVAILABLE', 'send it again') },
    },
  },
  parseAccount,
  create,
  query,
  close,
  refund,
  queryRefund,
  bill,
  readCallback,
  redact,
};
