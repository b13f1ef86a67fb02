import type { Channel } from '../channel.ts';
import { type Account, hosts, isLive, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { capture, release } from './capture.ts';
import { confirm } from './confirm.ts';
import { grant } from './grant.ts';
import { close, create, query } from './order.ts';
import { redact } from './redaction.ts';
import { queryRefund, refund } from './refund.ts';

/**
 * PayPal's currencies (developer.paypal.com/api/rest/reference/currency-codes), with as many decimals as ISO 4217 has.
 * Left out: HUF and TWD, of which PayPal takes whole ones only.
 */
const currencies =
  'USD EUR GBP AUD BRL CAD CHF CNY CZK DKK HKD ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB';

/** PayPal: an order that the payer agrees to at PayPal, and that takes money when it is confirmed after that. */
export const paypal: Channel<Account> = {
  slug: 'paypal',
  facts: {
    methods: { paypal: currencies.split(' ') },
    bill: bills,
    hosts: Object.keys(hosts),
    identity: ['merchant_id', 'client_id'],
    reported_after_ms: null,
    replay_window_ms: 6 * 3_600_000, // of orders; keys of captures of a hold and of refunds are kept for 45 days
    not_found_means: 'never_created',
    calls: { at_once: 100, per_second: 100 }, // PayPal names no limit
    closed_when: 'query_says_closed',
    confirms: 'when_agreed',
    captures: 'multiple',
    refund_names: 'order',
    refunds_per_receipt: true, // POST /v2/payments/captures/{id}/refund
    refund_spacing_ms: 0,
    refunds_max: 100, // PayPal names no limit: ours keeps a payment's history and its list of refunds short
    verdict_type: 'application/json',
    verdicts: {
      accepted: { status: 200, body: null },
      refused: { status: 400, body: null },
      forged: { status: 401, body: null },
      retry: { status: 500, body: null },
    },
  },
  parseAccount,
  isLive,
  grant,
  create,
  confirm,
  query,
  close,
  capture,
  void: release,
  refund,
  queryRefund,
  bill,
  readCallback,
  redact,
};
