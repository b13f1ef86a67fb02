import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { HttpReply, HttpRequest } from '../exchange.ts';
import type { Parameters } from '../form.ts';
import { textOf } from '../text.ts';
import { unclear } from '../unclear.ts';
import { type Account, billsAt } from './account.ts';
import { isGenuine, signatureOf } from './signature.ts';

/** Where each kind of call goes (docs/channels/unionpay.md 1). */
const paths = {
  client: '/gateway/api/appTransReq.do',
  back: '/gateway/api/backTransReq.do',
  query: '/gateway/api/queryTrans.do',
} as const;

/** UnionPay has no time for this now, and has not done it (docs/channels/unionpay.md 6). */
const busy = '06';

/** A reply that UnionPay signed, or why there is none that can be believed. */
export type Spoken = { readonly kind: 'told'; readonly told: Parameters } | NeverSent | Unknown;

/** Signs and sends one request, and verifies what comes back. A resend has the same bytes while the time in its number is fresh. */
export function speak(
  call: Call<Account>,
  path: keyof typeof paths,
  content: Parameters,
): Promise<Spoken> {
  const url = `${call.account.base_url.replace(/\/$/, '')}${paths[path]}`;
  return sent(call, { url, content });
}

/** Asks for what tells of many orders: it may be large, and is not kept. */
export function askFile(call: Call<Account>, content: Parameters): Promise<Spoken> {
  return sent(call, { url: `${billsAt(call.account)}/`, content, is_file: true });
}

async function sent(
  { account, send }: Call<Account>,
  {
    url,
    content,
    is_file,
  }: Pick<HttpRequest, 'url' | 'is_file'> & { readonly content: Parameters },
): Promise<Spoken> {
  const message = {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    certId: account.cert_id,
    accessType: '0',
    merId: account.mer_id,
    ...content,
  };
  const signature = signatureOf(message, account);
  const reply = await send({
    method: 'POST',
    url,
    body: new URLSearchParams({ ...message, signature }).toString(),
    headers: {
      'User-Agent': 'holdfast',
      'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8',
    },
    ...(is_file && { is_file }),
  });
  return believed(account, reply);
}

function believed(account: Account, reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return { kind: 'unknown', detail: reply.detail };
  if (reply.status !== 200) return unclear(`status ${reply.status}`);
  const told = membersOf(textOf(reply).trim());
  if (!told || !isGenuine(account, told)) return unclear('a reply without a genuine signature');
  // Nothing was done; should it have been, the same number within five minutes is answered "repeated".
  if (told['respCode'] === busy) return { kind: 'never_sent', detail: 'UnionPay is busy' };
  return { kind: 'told', told };
}

/**
 * A reply's members as they stand, for nothing is encoded; null when one stands twice or something is left over. By hand: a
 * regular expression gave up now and then on the 12 MB of a bill ("Maximum call stack size exceeded").
 */
function membersOf(body: string): Parameters | null {
  const members = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const equals = body.indexOf('=', at);
    const name = body.slice(at, Math.max(at, equals));
    if (name === '' || name.includes('&') || members.has(name)) return null;
    const end = endOfValue(body, equals + 1);
    members.set(name, body.slice(equals + 1, end));
    at = end + 1;
  }
  return Object.fromEntries(members);
}

/** Before the next `&` that stands in no braces. */
function endOfValue(body: string, from: number): number {
  for (let at = from; ;) {
    const next = body.indexOf('&', at);
    const end = next < 0 ? body.length : next;
    const opened = body.slice(at, end).indexOf('{');
    const closed = opened < 0 ? -1 : body.indexOf('}', at + opened);
    if (closed < 0) return end;
    at = closed + 1;
  }
}
