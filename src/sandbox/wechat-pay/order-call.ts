import type { Answer, Call } from '../call.ts';
import { conductOf, payByCode } from './codepay.ts';
import { create } from './order.ts';
import { pay } from './payer.ts';
import type { Prepaid } from './product.ts';
import { about, type Asked, member, ofApp, ofMerchant } from './request.ts';
import { reverse } from './reverse.ts';
import { close, query, queryById } from './trade.ts';
import { channel } from './wording.ts';

export function createCall(product: Prepaid, asked: Asked): Call {
  const reference = member(asked.body, 'out_trade_no');
  return about('create', [reference], null, () => create(asked.options, product, asked));
}

/** Of all that make orders this alone answers with an amount, where the payer pays at once. */
export function codepayCall(asked: Asked): Call {
  const reference = member(asked.body, 'out_trade_no');
  const call = about('create', [reference], null, () => payByCode(asked));
  return { ...call, names_amount: conductOf(asked.body) === 'pays' };
}

export function queryCall({ options: { books }, number, parameters }: Asked): Call {
  const known = books.find(channel, number);
  return about('query', [number], known, () =>
    ofMerchant(parameters.get('mchid'), () => query(books, number)),
  );
}

export function queryByIdCall({ options: { books }, number, parameters }: Asked): Call {
  const known = books.findTaking(channel, number)?.transaction;
  return about('query', [known?.reference ?? number], known, () =>
    ofMerchant(parameters.get('mchid'), () => queryById(books, number)),
  );
}

export function closeCall(asked: Asked): Call {
  return ending(asked, () => close(asked.options.books, asked.number));
}

/** To whoever arms faults, a reverse is a close. */
export function reverseCall(asked: Asked): Call {
  return ending(asked, () => ofApp(asked.body, () => reverse(asked)));
}

/** `pay_during_close`: the payer is faster by a hair. */
function ending({ options, number, body }: Asked, commit: () => Answer): Call {
  const known = options.books.find(channel, number);
  return about('close', [number], known, (faults) =>
    ofMerchant(member(body, 'mchid'), () => {
      const open = options.books.find(channel, number);
      if (faults.has('pay_during_close') && open?.state === 'created') pay(options, open);
      return commit();
    }),
  );
}
