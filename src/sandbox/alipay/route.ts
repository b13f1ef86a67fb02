import { billAbout } from '../bill.ts';
import type { Answer, Call } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Fault, FaultName } from '../fault.ts';
import { payByBarcode } from './barcode.ts';
import { ledgerOf } from './bill.ts';
import { billUrl } from './bill-download.ts';
import { cancel } from './cancel.ts';
import { isCertified, named } from './certificate.ts';
import { close } from './close.ts';
import { orderOf, precreate } from './order.ts';
import { pay } from './payer.ts';
import { barcode, qrCode } from './product.ts';
import { queryRefund, refund, refundAbout } from './refund.ts';
import { type Asked, member } from './request.ts';
import { findTrade, orderAbout, query } from './trade.ts';
import { channel, type Said } from './wording.ts';

/** What Alipay works with. */
export interface AlipayOptions extends ChannelOptions {
  /** Where this server is reached. */
  readonly origin: string;
}

type Route = (options: AlipayOptions, asked: Asked) => Call;

const routes: ReadonlyMap<string, Route> = new Map([
  [qrCode, createCall],
  [barcode, barcodeCall],
  ['alipay.trade.query', queryCall],
  ['alipay.trade.close', closeCall],
  ['alipay.trade.cancel', cancelCall],
  ['alipay.trade.refund', refundCall],
  ['alipay.trade.fastpay.refund.query', queryRefundCall],
  ['alipay.data.dataservice.bill.downloadurl.query', billCall],
]);

/** What a request asks for, or null when Alipay has no such method. */
export function route(options: AlipayOptions, asked: Asked): Call | null {
  return routes.get(asked.method)?.(options, asked) ?? null;
}

/** What was said, under the method's own name. */
export function answer({ method, parameters }: Asked, said: Said): Answer {
  const name = `${method.replaceAll('.', '_')}_response`;
  return { status: 200, body: { [name]: said, ...named(isCertified(parameters)) } };
}

function createCall({ books }: ChannelOptions, asked: Asked): Call {
  return about('create', asked, [member(asked, 'out_trade_no')], null, () =>
    precreate(books, asked),
  );
}

function barcodeCall(options: ChannelOptions, asked: Asked): Call {
  const reference = member(asked, 'out_trade_no');
  return about('create', asked, [reference], null, () => payByBarcode(options, asked));
}

function queryCall({ books }: ChannelOptions, asked: Asked): Call {
  const trade = findTrade(books, asked);
  const since = trade && orderOf(trade.transaction).begun_at;
  return about('query', asked, referencesOf(books, asked), since, () => query(books, asked));
}

function closeCall(options: ChannelOptions, asked: Asked): Call {
  return ending(options, asked, () => close(options, asked));
}

/** To whoever arms faults, a cancel is a close. */
function cancelCall(options: ChannelOptions, asked: Asked): Call {
  return ending(options, asked, () => cancel(options, asked));
}

/** `pay_during_close`: the payer is faster by a hair. */
function ending(options: ChannelOptions, asked: Asked, commit: () => Said): Call {
  const { books } = options;
  const trade = findTrade(books, asked);
  const since = trade && orderOf(trade.transaction).begun_at;
  return about('close', asked, referencesOf(books, asked), since, (faults) => {
    const open = orderAbout(books, asked);
    if (faults.has('pay_during_close') && open?.state === 'created') pay(options, open);
    return commit();
  });
}

function refundCall(options: ChannelOptions, asked: Asked): Call {
  const since = orderAbout(options.books, asked)?.takings[0]?.at ?? null;
  const references = [...referencesOf(options.books, asked), member(asked, 'out_request_no')];
  return about('refund', asked, references, since, (faults) => refund(options, asked, faults));
}

function queryRefundCall(options: ChannelOptions, asked: Asked): Call {
  const known = refundAbout(findTrade(options.books, asked), asked);
  const references = [...referencesOf(options.books, asked), member(asked, 'out_request_no')];
  return about('query_refund', asked, references, known?.created_at ?? null, () =>
    queryRefund(options, asked),
  );
}

function billCall(options: AlipayOptions, asked: Asked): Call {
  const of = billAbout(ledgerOf(options.books), member(asked, 'bill_date'));
  const call = about('bill', asked, of.references, null, (_names, struck) =>
    billUrl(options, asked, struck),
  );
  return { ...call, names_amount: of.names_amount };
}

function referencesOf(books: ChannelOptions['books'], asked: Asked): string[] {
  return [orderAbout(books, asked)?.reference ?? member(asked, 'out_trade_no')];
}

function about(
  operation: Call['operation'],
  asked: Asked,
  references: readonly string[],
  known_since: string | null,
  commit: (faults: ReadonlySet<FaultName>, struck: readonly Fault[]) => Said,
): Call {
  return {
    channel,
    operation,
    references,
    known_since,
    names_amount: known_since !== null && ['query', 'refund', 'query_refund'].includes(operation),
    commit: (faults, struck) => answer(asked, commit(faults, struck)),
  };
}
