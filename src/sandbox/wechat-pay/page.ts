import type { ChannelOptions } from '../channel.ts';
import { escaped, pageOf } from '../html.ts';
import type { Page } from '../serve.ts';
import type { Transaction } from '../transaction.ts';
import { orderOf, orderWithCode, over } from './order.ts';
import { act } from './payer.ts';
import { h5Path } from './product.ts';
import type { Place } from './request.ts';
import { yuan } from './wording.ts';

/**
 * The cashier of an H5 order, opened by the payer's browser within five minutes. The merchant may have appended
 * `redirect_url`: there the payer comes back to, whether he paid or not. Null for any other path.
 */
export function cashier(
  options: ChannelOptions,
  method: string,
  { path, parameters }: Place,
): Page | null {
  if (!path.startsWith(h5Path)) return null;
  const known = orderWithCode(options.books, 'h5', parameters.get('prepay_id') ?? '');
  if (!known) return page(404, '<p>No such order.</p>');
  const button = path.slice(h5Path.length + 1);
  if (method === 'POST' && (button === 'pay' || button === 'decline'))
    return pressed(options, known, button, parameters);
  return method === 'GET' && path === h5Path ? form(known, parameters) : null;
}

function pressed(
  options: ChannelOptions,
  known: Transaction,
  action: 'pay' | 'decline',
  parameters: URLSearchParams,
): Page {
  const acted = options.books.atomically(() => act(options, known, { action, force: false }));
  if ('error' in acted) return form(known, parameters);
  const home = parameters.get('redirect_url') ?? '';
  if (/^https?:/.test(home) && URL.canParse(home))
    return { status: 303, html: '', location: new URL(home).href };
  return page(200, action === 'pay' ? '<p>Paid.</p>' : '<p>You left. Nothing was paid.</p>');
}

function form(transaction: Transaction, parameters: URLSearchParams): Page {
  const { reference, amount } = transaction;
  const description = escaped(String(orderOf(transaction).asked['description']));
  const what = `<p>${description}: ${yuan(amount)} CNY (${escaped(reference)})</p>`;
  const error = over(transaction);
  if (error !== null) return page(410, `${what}<p>${error}.</p>`);
  const button = (name: string) =>
    `<form method="post" action="${h5Path}/${name}?${escaped(parameters.toString())}"><button>${name}</button></form>`;
  return page(200, what + button('pay') + button('decline'));
}

function page(status: number, content: string): Page {
  return pageOf('WeChat Pay (sandbox)', status, content);
}
