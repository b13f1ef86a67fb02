import type { Channel } from '../channel.ts';
import { type Account, hosts, isLive, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { capture, refund, release } from './modification.ts';
import { parts } from './notification.ts';
import { close, confirm, create } from './order.ts';
import { query, queryRefund } from './query.ts';
import { redact } from './redaction.ts';
import { readReturn } from './return.ts';
import { delayDaysByDefault, settledWithinMs } from './settlement-delay.ts';

/**
 * Where Adyen counts in ISO 4217's smallest unit (docs: currency codes): left out are CLP and ISK, of which it wants hundredths
 * that do not exist, and CVE and IDR, of which it wants whole ones. In most of them another channel takes cards too: without a rule
 * the older account has them, by a rule either, and each is the other's backup (decision 0045).
 */
const currencies =
  'AED AUD BHD BRL CAD CHF CNY COP CZK DKK EGP EUR GBP HKD HUF ILS INR JOD JPY KES KRW KWD MAD MXN MYR NOK NZD OMR PEN PHP PLN ' +
  'QAR RON SAR SEK SGD THB TND TRY USD VND ZAR';

const day = 24 * 3_600_000;

/**
 * 12 business days, 18 days at most, and 3 for holidays and until the report is made; of an account with a longer delay `query` waits for
 * more. Only a report that comes out later than that is late enough, so the time between two payouts, a day or a week, is waited for
 * beside it: 28 days in all, two before a person is asked.
 */
const settledWithin = settledWithinMs(delayDaysByDefault);

/** Cards by token at Adyen: taken as they are made, unless the payer must be authenticated on a page first (decision 0030). */
export const adyen: Channel<Account> = {
  slug: 'adyen',
  facts: {
    methods: { card: currencies.split(' ') },
    bill: bills,
    hosts,
    identity: ['merchant_account'],
    confirms: 'when_returned',
    reported_after_ms: settledWithin,
    replay_window_ms: 7 * day, // docs: API idempotency, a key is valid for at least seven days
    not_found_means: 'never_created',
    calls: { at_once: 100, per_second: 100 },
    closed_when: 'query_says_closed',
    captures: 'once', // several only by arrangement; else the rest is released with the first
    refund_names: 'order',
    refund_spacing_ms: 0,
    refunds_max: 100, // Adyen names no limit: ours keeps a payment's history short
    verdict_type: 'text/plain',
    verdicts: {
      accepted: { status: 200, body: '[accepted]' },
      refused: { status: 400, body: null },
      forged: { status: 401, body: null },
      retry: { status: 500, body: null },
    },
  },
  parseAccount,
  isLive,
  create,
  confirm,
  query,
  close,
  capture,
  void: release,
  refund,
  queryRefund,
  bill,
  parts,
  readCallback,
  readReturn,
  redact,
};
