import type { Channel } from '../channel.ts';
import { type Account, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { close, create, query } from './order.ts';
import { redact } from './redaction.ts';
import { queryRefund, refund } from './refund.ts';

/** Alipay: a QR code, a page of Alipay's on desktop and phone, its app, and a barcode that the payer presents (channels.md section 2). */
export const alipay: Channel<Account> = {
  slug: 'alipay',
  facts: {
    methods: {
      alipay_qr: ['CNY'],
      alipay_page: ['CNY'],
      alipay_wap: ['CNY'],
      alipay_app: ['CNY'],
      alipay_code: ['CNY'],
    },
    exceptions: {
      alipay_code: { not_found_means: 'never_created', reversed_after_ms: 60_000 }, // our call makes the trade
    },
    bill: bills,
    hosts: ['openapi.alipay.com', 'openapi-sandbox.dl.alipaydev.com'],
    identity: ['seller_id', 'app_id'],
    reply_keys: ['alipay_public_keys', 'alipay_certificates'], // by its mode
    reported_after_ms: null,
    replay_window_ms: null, // an order's ends with the order, after which none is sent; a refund's never
    not_found_means: 'not_opened',
    calls: { at_once: 100, per_second: 100 }, // Alipay names no limit
    closed_when: 'query_says_closed',
    confirms: 'never',
    captures: 'none',
    refund_spacing_ms: 0,
    refunds_max: 100, // Alipay names no limit: ours keeps a payment's history and its list of refunds short
    verdict_type: 'text/plain',
    verdicts: {
      accepted: { status: 200, body: 'success' }, // exactly these seven letters
      refused: { status: 400, body: 'fail' },
      forged: { status: 401, body: 'fail' },
      retry: { status: 500, body: 'fail' },
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
