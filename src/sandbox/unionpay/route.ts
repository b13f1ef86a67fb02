import { billAbout, plantedBy } from '../bill.ts';
import type { Answer, Call } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { ledgerOf } from './bill.ts';
import { dayAsked, fileTransfer } from './bill-call.ts';
import { create } from './create.ts';
import { orderOf, type Product } from './order.ts';
import { findAsked, query } from './query.ts';
import { refund } from './refund.ts';
import { type Asked, echo, member, numberOf } from './request.ts';
import { channel, type Said } from './wording.ts';

type Route = (options: ChannelOptions, asked: Asked) => Call;

/** By path and `txnType`. */
const routes: ReadonlyMap<string, Route> = new Map([
  ['/gateway/api/appTransReq.do 01', createCall('tn')],
  ['/gateway/api/backTransReq.do 01', createCall('qrCode')],
  ['/gateway/api/backTransReq.do 04', refundCall],
  ['/gateway/api/queryTrans.do 00', queryCall],
  ['/ 76', billCall], // at a host of its own, filedownload.95516.com
]);
const paths: readonly string[] = [...routes.keys()].map((name) => name.split(' ', 1)[0] ?? '');

/** Is this a path of the gateway? */
export function isGateway(path: string): boolean {
  return paths.includes(path);
}

/** What a request asks for, or null when there is no such `txnType` at its path. */
export function route(options: ChannelOptions, asked: Asked): Call | null {
  return routes.get(`${asked.path} ${member(asked, 'txnType')}`)?.(options, asked) ?? null;
}

/** What was said, together with what every answer repeats of the request. */
export function answer(asked: Asked, said: Said): Answer {
  return { status: 200, body: { ...echo(asked), ...said } };
}

function createCall(product: Product): Route {
  return ({ books }, asked) =>
    about('create', asked, [numberOf(asked)], null, () => create(books, asked, product));
}

function refundCall(options: ChannelOptions, asked: Asked): Call {
  const paid = options.books.findTaking(channel, member(asked, 'origQryId'));
  const number = numberOf(asked);
  const references = paid ? [paid.transaction.reference, number] : [number];
  const since = paid?.taking.at ?? null;
  return about('refund', asked, references, since, (faults) => refund(options, asked, faults));
}

/** Orders and refunds are asked for alike; to whoever arms faults they are two. */
function queryCall({ books }: ChannelOptions, asked: Asked): Call {
  const found = findAsked(books, asked);
  const say = () => query(books, asked);
  const number = numberOf(asked);
  if (!found) return about('query', asked, [number], null, say);
  if ('order' in found) return about('query', asked, [number], orderOf(found.order).opened_at, say);
  const references = [found.transaction.reference, number];
  return about('query_refund', asked, references, found.refund.created_at, say);
}

function billCall({ books }: ChannelOptions, asked: Asked): Call {
  const call = about('bill', asked, [], null, () => ({}));
  const commit: Call['commit'] = (_names, struck) =>
    answer(asked, fileTransfer(books, asked, plantedBy(struck)));
  return { ...call, ...billAbout(ledgerOf(books), dayAsked(asked)), commit };
}

function about(
  operation: Call['operation'],
  asked: Asked,
  references: readonly string[],
  known_since: string | null,
  commit: (faults: ReadonlySet<FaultName>) => Said,
): Call {
  return {
    channel,
    operation,
    references,
    known_since,
    names_amount: known_since !== null,
    commit: (faults) => answer(asked, commit(faults)),
  };
}
