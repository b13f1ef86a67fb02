import type { Answer } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { orderWithCode } from './order.ts';
import { act } from './payer.ts';
import type { Place } from './request.ts';
import { isMerchants } from './signature.ts';
import { channel } from './wording.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** What a client understands of the parameters that the merchant's page or app hands to it (channels.md 1.4). */
interface Understood {
  readonly prepayId: string;
  /** What the signature is over. */
  readonly signed: readonly unknown[];
  readonly signature: unknown;
  /** What is wrong with the other members, or null. */
  readonly wrong: string | null;
}

/** How a client says that it is done, left by the payer, or will not have it. */
interface Client {
  readonly understood: (parameters: Parameters) => Understood;
  readonly answers: Readonly<Record<'paid' | 'left' | 'failed', object>>;
}

const clients = {
  jsapi: {
    understood: ({ appId, timeStamp, nonceStr, package: brought, signType, paySign }) => ({
      prepayId: String(brought).replace(/^prepay_id=/, ''),
      signed: [appId, timeStamp, nonceStr, brought],
      signature: paySign,
      wrong: firstWrong([
        ['appId', appId === keys.appid],
        ['timeStamp', typeof timeStamp === 'string' && /^\d{10}$/.test(timeStamp)],
        ['nonceStr', typeof nonceStr === 'string' && /^.{1,32}$/.test(nonceStr)],
        ['package', typeof brought === 'string' && brought.startsWith('prepay_id=')],
        ['signType', signType === 'RSA'],
      ]),
    }),
    answers: {
      paid: { err_msg: 'get_brand_wcpay_request:ok' },
      left: { err_msg: 'get_brand_wcpay_request:cancel' },
      failed: { err_msg: 'get_brand_wcpay_request:fail' },
    },
  },
  app: {
    understood: ({ appid, partnerid, prepayid, package: brought, noncestr, timestamp, sign }) => ({
      prepayId: String(prepayid),
      signed: [appid, timestamp, noncestr, prepayid],
      signature: sign,
      wrong: firstWrong([
        ['appid', appid === keys.appid],
        ['partnerid', partnerid === keys.mchid],
        ['package', brought === 'Sign=WXPay'],
        ['noncestr', typeof noncestr === 'string' && /^.{1,32}$/.test(noncestr)],
        ['timestamp', /^\d{10}$/.test(String(timestamp))],
      ]),
    }),
    answers: { paid: { errCode: 0 }, left: { errCode: -2 }, failed: { errCode: -1 } },
  },
} as const satisfies Record<string, Client>;

function firstWrong(members: readonly (readonly [name: string, right: boolean])[]): string | null {
  const wrong = members.find(([, right]) => !right);
  return wrong ? `${wrong[0]} is missing or wrong` : null;
}

/**
 * The payer's client, opened with the parameters that the merchant signed for it: `POST /client/jsapi` is WeChat's
 * browser (and what mini programs call), `POST /client/app` its SDK. The payer pays, or leaves (`?action=decline`). What
 * the merchant did not sign pays nothing and is held against him. Null for any other path.
 *
 * @param text the parameters, as a JSON object
 */
export function opened(
  options: ChannelOptions,
  { path, parameters: query }: Place,
  text: string,
): Answer | null {
  const [, where, name] = path.split('/');
  if (where !== 'client' || (name !== 'jsapi' && name !== 'app')) return null;
  const client: Client = clients[name];
  const parameters = parsed(text);
  const understood = client.understood(parameters);
  const known = orderWithCode(options.books, name, understood.prepayId);
  const why = complaint(understood);
  if (why !== null || !known) {
    const detail = why ?? 'no order has this prepay_id';
    options.books.violate(channel, known?.reference ?? '', 'wrong_client_parameters', detail);
    return failed(client, detail);
  }
  return acted(options, client, known, query.get('action') ?? 'pay');
}

function acted(
  options: ChannelOptions,
  client: Client,
  known: Transaction,
  action: string,
): Answer | null {
  if (action !== 'pay' && action !== 'decline') return null;
  const result = options.books.atomically(() => act(options, known, { action, force: false }));
  if ('error' in result) return failed(client, result.error);
  return { status: 200, body: client.answers[action === 'pay' ? 'paid' : 'left'] };
}

function complaint({ signed, signature, wrong }: Understood): string | null {
  if (wrong !== null) return wrong;
  const fits = typeof signature === 'string' && isMerchants([...signed, ''].join('\n'), signature);
  return fits ? null : 'the signature does not fit';
}

function failed({ answers }: Client, err_desc: string): Answer {
  return { status: 200, body: { ...answers.failed, err_desc } };
}

function parsed(text: string): Parameters {
  try {
    return Object(JSON.parse(text)) as Parameters;
  } catch {
    return {};
  }
}
