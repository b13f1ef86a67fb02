import type { ChannelOptions } from '../channel.ts';
import { escaped, pageOf } from '../html.ts';
import type { Page } from '../serve.ts';
import type { Transaction } from '../transaction.ts';
import { yuan } from './money.ts';
import { hasExpired, ordered, orderOf } from './order.ts';
import { act } from './payer.ts';
import type { Asked } from './request.ts';
import { returnUrl } from './return-url.ts';
import { channel, type Said } from './wording.ts';

const fifteenDaysMs = 15 * 86_400_000;

/**
 * The cashier, opened by the payer. From now on the sandbox has the order, and its books know its number; there
 * is no trade before he has logged in or paid, here or through the control API.
 *
 * @param asked a signed request
 */
export function cashier({ books }: ChannelOptions, asked: Asked): Page {
  const result = ordered(books, asked, fifteenDaysMs);
  return 'refused' in result ? refusal(result.refused) : form(result.transaction);
}

/** What the payer sees when his merchant's URL is no good. */
export function refusal({ sub_code, sub_msg }: Said): Page {
  return page(400, `<p>${escaped(String(sub_code))}: ${escaped(String(sub_msg))}</p>`);
}

const actions = { login: 'decline', pay: 'pay', leave: 'abandon' } as const;

/**
 * A button of the cashier was pressed: `login` begins the trade, `pay` pays and leads back to the merchant's
 * `return_url`, `leave` changes nothing. Null for a path that is no button.
 *
 * @param path like /cashier/{out_trade_no}/pay
 * @param code what only the page knows
 */
export function pressed(options: ChannelOptions, path: string, code: string | null): Page | null {
  const [, place, reference = '', button = ''] = path.split('/');
  const action = Object.entries(actions).find(([name]) => name === button)?.[1];
  if (place !== 'cashier' || !action) return null;
  const known = options.books.find(channel, reference);
  if (!known || orderOf(known).code !== code) return page(404, '<p>No such order.</p>');
  const acted = options.books.atomically(() => act(options, known, { action, force: false }));
  if ('error' in acted) return form(options.books.find(channel, reference) ?? known);
  return after(acted.transaction, button);
}

function after(transaction: Transaction, button: string): Page {
  if (button === 'login') return form(transaction);
  const quit = orderOf(transaction).asked['quit_url'];
  const location = button === 'pay' ? returnUrl(transaction) : quit;
  if (typeof location !== 'string')
    return page(200, button === 'pay' ? '<p>Paid.</p>' : '<p>You left. Nothing was paid.</p>');
  return { status: 303, html: '', location };
}

function form(transaction: Transaction): Page {
  const { asked, code, begun_at } = orderOf(transaction);
  const { reference, amount, state } = transaction;
  const button = (name: string) =>
    `<form method="post" action="/cashier/${reference}/${name}?code=${code}"><button>${name}</button></form>`;
  const what = `<p>${escaped(String(asked['subject']))}: ${yuan(amount)} CNY (${reference})</p>`;
  if (state !== 'created') return page(200, `${what}<p>The order is ${state}.</p>`);
  if (hasExpired(transaction)) return page(200, `${what}<p>The order has expired.</p>`);
  const buttons = (begun_at === null ? ['login', 'pay', 'leave'] : ['pay', 'leave']).map(button);
  return page(200, what + buttons.join(''));
}

function page(status: number, content: string): Page {
  return pageOf('Alipay (sandbox)', status, content);
}
