import type {
  CloseAnswer,
  CreateAnswer,
  NeverSent,
  QueryAnswer,
  RefundAnswer,
  Unknown,
} from '../../domain/outcome.ts';
import type { Call, Channel, HttpReply, Order, RefundOrder } from '../channel.ts';
import { type Account, parseAccount } from './account.ts';
import { readCallback } from './callback.ts';
import { redact } from './redaction.ts';
import {
  answerOf,
  codeUrl,
  failureFrom,
  read,
  readError,
  readRefund,
  readTransaction,
  refundAnswerOf,
} from './response.ts';
import { authorization, verification } from './signature.ts';

/** A code lives two hours (channels.md 1.4). */
const codeMs = 2 * 3_600_000;

/** A reply that WeChat signed, or why there is none that can be believed. */
type Spoken =
  { readonly kind: 'spoken'; readonly status: number; readonly body: string } | NeverSent | Unknown;

async function speak(
  call: Call<Account>,
  method: 'GET' | 'POST',
  path: string,
  content?: object,
): Promise<Spoken> {
  const url = call.account.base_url.replace(/\/$/, '') + path;
  const body = content ? JSON.stringify(content) : '';
  const reply = await call.send({
    method,
    url,
    body,
    headers: {
      Authorization: authorization(call.account, method, url, body, call.now()),
      Accept: 'application/json', // mandatory, like the agent
      'User-Agent': 'holdfast',
      ...(content ? { 'Content-Type': 'application/json' } : {}),
    },
  });
  return believed(call, reply);
}

function believed(call: Call<Account>, reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return { kind: 'unknown', detail: reply.detail };
  const trust = verification(call.account, reply.headers, Buffer.from(reply.body), call.now());
  if (trust !== 'genuine')
    return { kind: 'unknown', detail: `a reply ${reply.status} with a ${trust} signature` };
  if (reply.status >= 500)
    return { kind: 'unknown', detail: `${reply.status} ${readError(reply.body).code}` };
  // Signed, and refused before anything was done: a resend under the same number is safe and wanted.
  if (reply.status === 429) return { kind: 'never_sent', detail: 'FREQUENCY_LIMITED' };
  return { kind: 'spoken', status: reply.status, body: reply.body };
}

/** These refuse the number, not the order: the order exists, so the channel is asked what became of it. */
const numberTaken = new Set([
  'OUTTRADENOUSED',
  'ORDERPAID',
  'ORDERCLOSED',
  'SYSTEMERROR',
  'BANKERROR',
  'INVALIDREQUEST',
]);

async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { account } = call;
  const spoken = await speak(call, 'POST', '/v3/pay/transactions/native', {
    appid: account.appid,
    mchid: account.mchid,
    description: Array.from(order.description).slice(0, 127).join(''),
    out_trade_no: order.reference,
    time_expire: inShanghai(order.expires_at),
    notify_url: order.notify_url,
    amount: { total: order.amount, currency: order.currency },
  });
  if (spoken.kind !== 'spoken') return spoken;
  const made = spoken.status === 200 ? read(codeUrl, spoken.body) : null;
  if (made) {
    const code_ends_at = new Date(call.now().getTime() + codeMs).toISOString();
    return {
      kind: 'action_required',
      next_action: { type: 'display_qr_code', data: made.code_url },
      code_ends_at,
    };
  }
  const error = readError(spoken.body);
  if (spoken.status < 400 || numberTaken.has(error.code))
    return { kind: 'unknown', detail: `${spoken.status} ${error.code}` };
  return { kind: 'declined', failure: failureFrom(error) };
}

/** RFC 3339 with WeChat's offset; the instant is the stored one. */
function inShanghai(time: string): string {
  return `${new Date(Date.parse(time) + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const path = `/v3/pay/transactions/out-trade-no/${order.reference}?mchid=${call.account.mchid}`;
  const spoken = await speak(call, 'GET', path);
  if (spoken.kind !== 'spoken') return { kind: 'unknown', detail: spoken.detail };
  if (spoken.status === 200) {
    const found = readTransaction(spoken.body);
    return found
      ? answerOf(found, call.account, order.reference)
      : { kind: 'unknown', detail: 'an unreadable transaction' };
  }
  const { code } = readError(spoken.body);
  if (spoken.status === 404 && code === 'ORDERNOTEXIST') return { kind: 'not_found' };
  return { kind: 'unknown', detail: `${spoken.status} ${code}` };
}

async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const path = `/v3/pay/transactions/out-trade-no/${order.reference}/close`;
  const spoken = await speak(call, 'POST', path, { mchid: call.account.mchid });
  if (spoken.kind !== 'spoken') return spoken;
  if (spoken.status === 204) return { kind: 'closed' };
  return { kind: 'refused', detail: `${spoken.status} ${readError(spoken.body).code}` };
}

async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'POST', '/v3/refund/domestic/refunds', {
    transaction_id: order.receipt_reference,
    out_refund_no: order.reference,
    reason: Array.from(order.reason).slice(0, 80).join(''),
    notify_url: order.notify_url,
    amount: { refund: order.amount, total: order.receipt_amount, currency: order.currency },
  });
  if (spoken.kind !== 'spoken') return spoken;
  if (spoken.status === 200) return refundSaid(spoken.body, order);
  const error = readError(spoken.body);
  if (spoken.status < 400 || error.code === 'SYSTEMERROR')
    return { kind: 'unknown', detail: `${spoken.status} ${error.code}` };
  return { kind: 'declined', failure: failureFrom(error) };
}

async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'GET', `/v3/refund/domestic/refunds/${order.reference}`);
  if (spoken.kind !== 'spoken') return { kind: 'unknown', detail: spoken.detail };
  if (spoken.status === 200) return refundSaid(spoken.body, order);
  const { code } = readError(spoken.body);
  if (spoken.status === 404 && code === 'RESOURCENOTEXISTS') return { kind: 'not_found' };
  return { kind: 'unknown', detail: `${spoken.status} ${code}` };
}

function refundSaid(body: string, order: RefundOrder): RefundAnswer {
  const found = readRefund(body);
  return found
    ? refundAnswerOf(found, order.reference)
    : { kind: 'unknown', detail: 'an unreadable refund' };
}

const fail = JSON.stringify({ code: 'FAIL', message: '失败' });

/** WeChat Pay, native QR, APIv3 (channels.md section 1). */
export const wechatPay: Channel<Account> = {
  slug: 'wechat-pay',
  facts: {
    methods: { wechat_pay_qr: ['CNY'] },
    replay_window_ms: null,
    not_found_means: 'never_created',
    closed_when: 'query_says_closed',
    refund_spacing_ms: 60_000,
    refunds_max: 50,
    verdicts: {
      accepted: { status: 204, body: null },
      refused: { status: 400, body: fail },
      forged: { status: 401, body: fail },
      retry: { status: 500, body: fail },
    },
  },
  parseAccount,
  create,
  query,
  close,
  refund,
  queryRefund,
  readCallback,
  redact,
};
