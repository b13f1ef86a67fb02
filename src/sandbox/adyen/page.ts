import { escaped, pageOf } from '../html.ts';
import type { Page } from '../serve.ts';
import { challenged } from './authorisation.ts';
import { type AdyenOptions, findPayment, isAsked, type Payment } from './payment.ts';
import { opened, redirectPath, returnUrl } from './redirect.ts';
import { notAuthenticated, shopperCancelled } from './refusal.ts';

/** What each button of the page does. */
const buttons = {
  authenticate: 'passed',
  decline: notAuthenticated,
  cancel: shopperCancelled,
} as const;

/**
 * The page where a payer proves that the card is his, fails to, or cancels; it leads back to the merchant with a
 * `redirectResult`. Who does not know its address sees nothing.
 *
 * @param path `redirectPath`, with a button that was pressed
 * @param md which payment, as the action's URL says it
 */
export function bankPage(
  options: AdyenOptions,
  method: string,
  path: string,
  md: string | null,
): Page {
  const number = opened(md ?? '', 'page');
  const payment = number === null ? null : findPayment(options.books, number);
  if (!payment) return page(404, '<p>No such payment.</p>');
  const name = path.slice(redirectPath.length + 1);
  const pressed = method === 'POST' && name in buttons ? (name as keyof typeof buttons) : null;
  if (!pressed) return page(200, content(payment, md ?? ''));
  if (isAsked(payment))
    options.books.atomically(() => challenged(options, payment, buttons[pressed]));
  return { status: 303, html: '', location: returnUrl(payment) };
}

function content(payment: Payment, md: string): string {
  const { reference, amount, currency, status } = payment;
  const what = `<p>${escaped(reference)}: ${amount} ${currency} (${status})</p>`;
  const form = (name: string) =>
    `<form method="post" action="${redirectPath}/${name}?MD=${encodeURIComponent(md)}"><button>${name}</button></form>`;
  if (!isAsked(payment)) return `${what}<p>There is nothing left to do.</p>`;
  return what + Object.keys(buttons).map(form).join('');
}

function page(status: number, body: string): Page {
  return pageOf('3-D Secure (sandbox)', status, body);
}
