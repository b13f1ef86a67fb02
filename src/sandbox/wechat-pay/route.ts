import type { Answer, Call } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { certificates } from './certificate.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { close, create, query, queryById } from './order.ts';
import { pay } from './payer.ts';
import { queryRefund, refund } from './refund.ts';
import { channel, refusal } from './wording.ts';

/** A request as it came, the body parsed; what is no JSON is null. */
interface Asked {
  readonly options: ChannelOptions;
  /** The number in the path, or ''. */
  readonly number: string;
  readonly parameters: URLSearchParams;
  readonly body: unknown;
}

const order = '/v3/pay/transactions';
const refunds = '/v3/refund/domestic/refunds';
const routes: readonly (readonly [method: string, path: RegExp, call: (asked: Asked) => Call])[] = [
  ['POST', new RegExp(`^${order}/native$`), createCall],
  ['GET', new RegExp(`^${order}/out-trade-no/([^/]+)$`), queryCall],
  ['GET', new RegExp(`^${order}/id/([^/]+)$`), queryByIdCall],
  ['POST', new RegExp(`^${order}/out-trade-no/([^/]+)/close$`), closeCall],
  ['POST', new RegExp(`^${refunds}$`), refundCall],
  ['GET', new RegExp(`^${refunds}/([^/]+)$`), queryRefundCall],
  ['GET', /^\/v3\/certificates$/, certificatesCall],
];

/**
 * What a request asks for, or null when WeChat has no such path.
 *
 * @param method the HTTP method
 * @param target path and query as they came
 * @param text the body as it came
 */
export function route(
  options: ChannelOptions,
  method: string,
  target: string,
  text: string,
): Call | null {
  const [path = '', parameters] = target.split('?', 2);
  for (const [wanted, pattern, call] of routes) {
    const match = method === wanted && pattern.exec(path);
    if (match) {
      const number = decoded(match[1] ?? '');
      return call({
        options,
        number,
        parameters: new URLSearchParams(parameters),
        body: json(text),
      });
    }
  }
  return null;
}

function createCall({ options: { books }, body }: Asked): Call {
  const reference = member(body, 'out_trade_no');
  return about('create', [reference], null, () => create(books, body));
}

function queryCall({ options: { books }, number, parameters }: Asked): Call {
  const known = books.find(channel, number);
  return about('query', [number], known, () =>
    ofMerchant(parameters.get('mchid'), () => query(books, number)),
  );
}

function queryByIdCall({ options: { books }, number, parameters }: Asked): Call {
  const known = books.findTaking(channel, number)?.transaction;
  return about('query', [known?.reference ?? number], known, () =>
    ofMerchant(parameters.get('mchid'), () => queryById(books, number)),
  );
}

/** `pay_during_close`: the payer is faster by a hair. */
function closeCall({ options, number, body }: Asked): Call {
  const known = options.books.find(channel, number);
  const call = about('close', [number], known, (faults) =>
    ofMerchant(member(body, 'mchid'), () => {
      const open = options.books.find(channel, number);
      if (faults.has('pay_during_close') && open?.state === 'created') pay(options, open);
      return close(options.books, number);
    }),
  );
  return call;
}

function refundCall({ options, body }: Asked): Call {
  const { books } = options;
  const number = member(body, 'out_refund_no');
  const paid =
    books.find(channel, member(body, 'out_trade_no')) ??
    books.findTaking(channel, member(body, 'transaction_id'))?.transaction;
  const references = paid ? [paid.reference, number] : [number];
  return about('refund', references, paid, (faults) =>
    refund(options, body, faults.has('refund_bounce')),
  );
}

function queryRefundCall({ options: { books }, number }: Asked): Call {
  const known = books.findRefund(channel, number);
  const references = known ? [known.transaction.reference, number] : [number];
  return about('query_refund', references, known?.refund, () => queryRefund(books, number));
}

function certificatesCall(): Call {
  return about('certificates', [], null, certificates);
}

function about(
  operation: Call['operation'],
  references: readonly string[],
  known: Pick<Transaction, 'created_at'> | null | undefined,
  commit: Call['commit'],
): Call {
  return {
    channel,
    operation,
    references,
    known_since: known?.created_at ?? null,
    names_amount: ['query', 'refund', 'query_refund'].includes(operation),
    commit,
  };
}

/** Orders are asked for in the name of the merchant who signs. */
function ofMerchant(mchid: string | null, answer: () => Answer): Answer {
  return mchid === keys.mchid ? answer() : refusal(400, 'PARAM_ERROR', 'mchid与签名的商户号不一致');
}

function member(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
