import type { ChannelOptions } from '../channel.ts';
import { escaped, pageOf } from '../html.ts';
import type { Page } from '../serve.ts';
import type { Transaction } from '../transaction.ts';
import { orderOf } from './order.ts';
import { act, open, over } from './payer.ts';
import { channel } from './wording.ts';

/** Where the sandbox has what `qr.95516.com` shows, under the same path, and the cashier that a client opens with a `tn`. */
const codePath = '/00010000/';
const clientPath = '/client/';

/**
 * What the payer sees who scans a `qrCode` or whose client opens a `tn`: from then on the order can be asked for. His
 * bank takes the money (`pay`) or refuses it (`decline`). Null for any other path.
 */
export function cashier(options: ChannelOptions, method: string, path: string): Page | null {
  const known = orderAt(options, path);
  if (!known) return null;
  const [, , , button] = path.split('/');
  if (method === 'POST' && (button === 'pay' || button === 'decline'))
    return pressed(options, known, button);
  return method === 'GET' && button === undefined ? shown(options, known) : null;
}

function orderAt({ books }: ChannelOptions, path: string): Transaction | null {
  const [, place = '', number = ''] = path.split('/');
  const at = `/${place}/`;
  if (number === '' || (at !== codePath && at !== clientPath)) return null;
  const given = at === codePath ? `https://qr.95516.com${codePath}${number}` : number;
  for (const transaction of books.transactions.values())
    if (transaction.channel === channel && orderOf(transaction).given === given) return transaction;
  return null;
}

function pressed(options: ChannelOptions, known: Transaction, action: 'pay' | 'decline'): Page {
  const acted = options.books.atomically(() => act(options, known, { action, force: false }));
  if ('error' in acted) return form(known);
  return action === 'pay' ? page('<p>Paid.</p>') : form(acted.transaction);
}

function shown({ books }: ChannelOptions, known: Transaction): Page {
  const opened = over(known) === null ? open(known) : known;
  if (opened !== known) books.save(opened);
  return form(opened);
}

function form(transaction: Transaction): Page {
  const { reference, amount } = transaction;
  const { asked, given, tried, product } = orderOf(transaction);
  const description = escaped(asked['orderDesc'] ?? '');
  const what = `<p>${description}: ${(amount / 100).toFixed(2)} CNY (${reference})</p>`;
  const error = over(transaction);
  if (error !== null) return page(`${what}<p>${error}.</p>`);
  const path = product === 'qrCode' ? new URL(given).pathname : `${clientPath}${given}`;
  const button = (name: string) =>
    `<form method="post" action="${path}/${name}"><button>${name}</button></form>`;
  const before = tried === null ? '' : `<p>The bank refused (${tried}). Try again.</p>`;
  return page(what + before + ['pay', 'decline'].map(button).join(''));
}

function page(content: string): Page {
  return pageOf('UnionPay (sandbox)', 200, content);
}
