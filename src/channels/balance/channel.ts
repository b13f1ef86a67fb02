import { allCurrencies } from '../../domain/currency.ts';
import type { Channel } from '../channel.ts';
import { type Account, parseAccount } from './account.ts';
import { capture, close, confirm, create, query } from './order.ts';
import { queryRefund, refund } from './refund.ts';

/** Customers' wallets in our own ledger (decision 0032): a channel whose other side is ours, so that no wire lies between. */
export const balance: Channel<Account> = {
  slug: 'balance',
  facts: {
    methods: { balance: allCurrencies().toSorted() },
    hosts: [],
    identity: [], // the books are ours, and a wallet is its customer's
    reported_after_ms: null,
    replay_window_ms: null, // by the number of the order, the capture or the refund, which the ledger keeps
    not_found_means: 'never_created',
    calls: { at_once: 20, per_second: 1_000 }, // of the worker's 60 connections, each for some milliseconds
    closed_when: 'query_says_closed',
    confirms: 'at_once',
    captures: 'multiple',
    refund_spacing_ms: 0,
    refunds_max: 100, // ours: it keeps a payment's history and its list of refunds short
    verdict_type: 'application/json',
    verdicts: {
      accepted: { status: 200, body: null },
      refused: { status: 400, body: null },
      forged: { status: 400, body: null },
      retry: { status: 500, body: null },
    },
  },
  parseAccount,
  create,
  confirm,
  query,
  close,
  capture,
  void: close, // the same: of what is captured nothing is undone
  refund,
  queryRefund,
  readCallback: () => ({ kind: 'forged', detail: 'the books of wallets call nobody back' }),
  redact: (text) => text, // what is kept of a movement are numbers of ours
};
