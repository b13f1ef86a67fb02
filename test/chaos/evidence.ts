import type { Evidence } from '../../chaos/evidence.ts';

const order = {
  index: 0,
  story: 'qrPaid',
  order_no: 'A-1',
  amount: 1_999,
  currency: 'CNY',
  payment: 'pay_1',
  ends: ['succeeded'],
  refunds: [{ id: 'ref_1', amount: 500 }],
  captures: [],
  disputed: 0,
  isForced: false,
  isSlow: false,
  stuck: null,
};

const payment = {
  id: 'pay_1',
  order_no: 'A-1',
  amount: 1_999,
  currency: 'CNY',
  status: 'succeeded',
  outcome: 'known',
  capture: 'automatic',
  amount_capturable: 0,
  amount_captured: 1_999,
  amount_refunded: 500,
  amount_refunding: 0,
  amount_disputed: 0,
  cancellation_reason: null,
  late: false,
  method: null, next_action: null,
  attempts: [{ reference: 'att_1', channel: 'wechat-pay', channel_reference: '42', status: 'paid', amount_captured: 1_999, amount_refunded: 500 }],
  captures: [],
  sequence: 4,
}; // prettier-ignore

const entry = {
  channel: 'wechat-pay',
  reference: 'att_1',
  amount: 1_999,
  currency: 'CNY',
  state: 'paid',
  paid_count: 1,
  captured: 1_999,
  refunded: 500,
  refunds: [{ reference: 'ref_1', amount: 500, state: 'succeeded' }],
};

const refund = { id: 'ref_1', payment_id: 'pay_1', amount: 500, status: 'succeeded', origin: 'merchant' }; // prettier-ignore

/** One order, paid once and refunded in part, about which everybody agrees; with what a test makes different. */
export function evidence(
  differs: { order?: object; payment?: object; entry?: object; refund?: object } & Partial<
    Omit<Evidence, 'orders' | 'payments' | 'refunds'>
  > = {},
): Evidence {
  const { order: o, payment: p, entry: e, refund: r, ...rest } = differs;
  return {
    orders: [{ ...order, ...o }],
    payments: new Map([['pay_1', { ...payment, ...p }]]),
    refunds: [{ ...refund, ...r }],
    cases: [],
    events: [],
    books: { transactions: [{ ...entry, ...e }], violations: [] },
    ledger: { unbalanced: [], clearing: { 'wechat-pay CNY': 1_499 }, rows: new Map(), changeable: [] },
    wallets: { entries: [], wrong: [] },
    runs: { open: [], broken: [] },
    isOutOfTouch: false,
    ...rest,
  };
} // prettier-ignore
