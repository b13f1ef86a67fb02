import { escaped, pageOf } from '../html.ts';
import type { Page } from '../serve.ts';
import { approve, isOpen } from './approval.ts';
import { livingOrder } from './call.ts';
import { money } from './money.ts';
import type { Order, PaypalOptions } from './order.ts';
import { badFunds, goodFunds } from './payer.ts';
import { payerId } from './wire.ts';

const buttons = ['approve', 'decline', 'cancel'] as const;

/**
 * The cashier that `payer-action` and `approve` lead to: the payer approves, approves with funds that are no good,
 * or cancels, and is sent back to the merchant. The order's number is all that one must know, as at PayPal.
 *
 * @param path `/checkoutnow`, with a button that was pressed
 * @param token the order's number
 */
export function cashier(
  options: PaypalOptions,
  method: string,
  path: string,
  token: string | null,
): Page {
  const order = livingOrder(options, token ?? '');
  if (!order) return page(404, '<p>Things don’t appear to be working: no such order.</p>');
  const [, , name] = path.split('/');
  const button = method === 'POST' ? buttons.find((one) => one === name) : undefined;
  if (!button || !isOpen(order)) return page(200, content(order));
  if (button !== 'cancel')
    options.books.atomically(() =>
      approve(options, order, button === 'approve' ? goodFunds : badFunds),
    );
  return back(order, button);
}

function back(order: Order, button: (typeof buttons)[number]): Page {
  const target = button === 'cancel' ? order.cancel_url : order.return_url;
  if (target === null)
    return page(
      200,
      `<p>You may close this page: ${button === 'cancel' ? 'canceled' : 'approved'}.</p>`,
    );
  const url = new URL(target);
  url.searchParams.set('token', order.id);
  if (button !== 'cancel') url.searchParams.set('PayerID', payerId);
  return { status: 303, html: '', location: url.href };
}

function content(order: Order): string {
  const { id, amount, currency, status, description } = order;
  const { value } = money(amount, currency);
  const form = (name: string) =>
    `<form method="post" action="/checkoutnow/${name}?token=${id}"><button>${name}</button></form>`;
  const what = `<p>${escaped(description ?? id)}: ${value} ${currency} (${status})</p>`;
  return (
    what + (isOpen(order) ? buttons.map(form).join('') : '<p>There is nothing left to do.</p>')
  );
}

function page(status: number, body: string): Page {
  return pageOf('PayPal (sandbox)', status, body);
}
