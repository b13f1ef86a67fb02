import type { Channel } from '../channel.ts';
import { type Account, isLive, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { capture } from './capture.ts';
import { confirm } from './confirm.ts';
import { answerDispute } from './dispute-answer.ts';
import { increment } from './increment.ts';
import { forget, keep } from './kept-method.ts';
import { close, create } from './order.ts';
import { query } from './query.ts';
import { redact } from './redaction.ts';
import { queryRefund, refund } from './refund.ts';
import { closeSetup, confirmSetup, querySetup, setup } from './setup.ts';

/**
 * Where Stripe's smallest unit is ISO 4217's (docs.stripe.com/currencies). Left out: three decimals, which it
 * rounds to ten (BHD JOD KWD OMR TND); ISK and UGX, of which it wants hundredths that do not exist; MGA, of
 * which it wants whole ones; HUF and TWD, which it pays out in whole ones only.
 */
const cards =
  'USD EUR GBP CNY HKD SGD JPY AUD CAD CHF NZD SEK NOK DKK PLN CZK KRW INR THB MYR PHP IDR VND MXN BRL CLP ZAR AED SAR ILS TRY'.split(
    ' ',
  );

/**
 * Cards and wallets of cards by token, iDEAL and GrabPay at Stripe: PaymentIntents that are made first, and confirmed when
 * their number is recorded.
 */
export const stripe: Channel<Account> = {
  slug: 'stripe',
  facts: {
    methods: {
      card: cards,
      apple_pay: cards,
      google_pay: cards,
      ideal: ['EUR'], // docs.stripe.com/payments/ideal
      grabpay: ['SGD', 'MYR'], // docs.stripe.com/payments/grabpay
    },
    kept_methods: ['card'],
    bill: bills,
    setup_methods: ['card'],
    answers_disputes: true,
    hosts: ['api.stripe.com'],
    identity: [], // a key names no account, and a merchant may have several keys of one
    reported_after_ms: null,
    replay_window_ms: 24 * 3_600_000, // keys are kept at least 24 hours, then they may be forgotten
    not_found_means: 'never_created',
    calls: { at_once: 100, per_second: 100 }, // docs.stripe.com/rate-limits: 100 a second for live accounts
    closed_when: 'query_says_closed',
    confirms: 'at_once',
    increments: true, // docs.stripe.com/payments/incremental-authorization: where the card allows it, else it is declined
    captures: 'multiple', // where the card allows it; where it does not, a second one is declined
    exceptions: { ideal: { captures: 'none' }, grabpay: { captures: 'none' } }, // ibid.: no manual capture
    refund_names: 'order',
    refund_spacing_ms: 0,
    refunds_max: 100, // Stripe names no limit: ours keeps a payment's history and its list of refunds short
    verdict_type: 'application/json',
    verdicts: {
      accepted: { status: 200, body: null },
      refused: { status: 400, body: null },
      forged: { status: 400, body: null },
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
  increment,
  void: close, // the same call: of what is captured nothing is undone
  refund,
  queryRefund,
  setup,
  confirmSetup,
  querySetup,
  closeSetup,
  answerDispute,
  keep,
  forget,
  bill,
  readCallback,
  redact,
};
