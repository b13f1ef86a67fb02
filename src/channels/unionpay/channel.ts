import type { Channel } from '../channel.ts';
import { type Account, hosts, isLive, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { close, create } from './order.ts';
import { query } from './query.ts';
import { redact } from './redaction.ts';
import { queryRefund, refund } from './refund.ts';

/** UnionPay's online gateway: a code that the payer scans, or a number for his client (docs/channels/unionpay.md). */
export const unionpay: Channel<Account> = {
  slug: 'unionpay',
  facts: {
    methods: { unionpay_qr: ['CNY'], unionpay_app: ['CNY'] },
    bill: bills,
    hosts: Object.keys(hosts),
    identity: ['mer_id'],
    reply_keys: ['unionpay_certificates'],
    replay_window_ms: 0, // the same number again is answered "repeated", and the code is told once only
    not_found_means: 'not_opened',
    reported_after_ms: null,
    calls: { at_once: 100, per_second: 100 }, // UnionPay names no limit
    closed_when: 'query_says_closed',
    confirms: 'never',
    captures: 'none',
    refund_names: 'money',
    refund_spacing_ms: 0,
    refunds_max: 100, // UnionPay names no limit: ours keeps a payment's history and its list of refunds short
    verdict_type: 'text/plain',
    verdicts: {
      accepted: { status: 200, body: 'ok' }, // the status alone counts
      refused: { status: 400, body: 'fail' },
      forged: { status: 401, body: 'fail' },
      retry: { status: 500, body: 'fail' },
    },
  },
  parseAccount,
  isLive,
  create,
  query,
  close,
  refund,
  queryRefund,
  bill,
  readCallback,
  redact,
};
