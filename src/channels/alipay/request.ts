import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import { inBeijing } from '../beijing.ts';
import type { Call } from '../channel.ts';
import type { HttpReply } from '../exchange.ts';
import type { Parameters } from '../form.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { type Refusal, verdictOf } from './refusal.ts';
import { signedAnswer } from './response.ts';
import { signatureOf } from './signature.ts';

/** A reply that Alipay signed: done, or refused for good. Else why there is none that can be believed. */
export type Spoken =
  | { readonly kind: 'done'; readonly answer: string }
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | NeverSent
  | Unknown;

/** Addresses that are told outside of `biz_content`. */
interface Addresses {
  readonly notify_url?: string;
  readonly return_url?: string;
}

/** All parameters of one request, signed. `biz_content` is the deed; the others name, date and sign it. */
export function signed(
  { account, now }: Pick<Call<Account>, 'account' | 'now'>,
  method: string,
  content: object,
  addresses: Addresses,
): Parameters {
  const parameters = {
    app_id: account.app_id,
    method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: inBeijing(now()),
    version: '1.0',
    ...account.certificate_names,
    ...addresses,
    biz_content: JSON.stringify(content),
  };
  return { ...parameters, sign: signatureOf(parameters, account) };
}

/** Signs and sends one request, and verifies what comes back. */
export async function speak(
  call: Call<Account>,
  method: string,
  content: object,
  addresses: Addresses = {},
): Promise<Spoken> {
  const { biz_content = '', ...others } = signed(call, method, content, addresses);
  const reply = await call.send({
    method: 'POST',
    url: addressed(call.account, others),
    body: new URLSearchParams({ biz_content }).toString(),
    headers: {
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8',
    },
  });
  return believed(call.account, method, reply);
}

/** The gateway with these parameters in its query. */
export function addressed({ base_url }: Account, parameters: Parameters): string {
  const url = new URL(`${base_url.replace(/\/$/, '')}/gateway.do`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}

function believed(account: Account, method: string, reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return { kind: 'unknown', detail: reply.detail };
  const { status, body } = reply;
  if (status !== 200) return unclear(`status ${status}`);
  const answer = signedAnswer(account, method, body);
  if (answer === null) return unclear('a reply without a genuine signature');
  return verdictOf(answer);
}
