import type { IncomingMessage, ServerResponse } from 'node:http';

import { findIntent, type Intent, type StripeOptions } from './intent.ts';
import { act } from './payer.ts';
import { type Page, pages } from './wire.ts';
import { channel } from './wording.ts';

/** What a payer's browser asks of a page of his bank's. */
interface Visit {
  readonly id: string;
  /** What he chose, or '' for the page itself. */
  readonly action: string;
  readonly secret: string | null;
}

/**
 * Is this a payer's browser on a page of his bank's, and for which PaymentIntent?
 *
 * @param target path and query as they came
 */
export function pageOf(target: string): Visit | null {
  const [path = '', query] = target.split('?', 2);
  const [, first, id = '', action = ''] = path.split('/');
  if (!Object.values(pages).some((page) => page.path === first)) return null;
  return { id, action, secret: new URLSearchParams(query).get('client_secret') };
}

/**
 * The page where a payer proves that the card is his, or pays from his account, or does not; it leads back to the merchant's
 * `return_url`. Who does not know the client secret sees nothing.
 */
export async function servePage(
  options: StripeOptions,
  { id, action, secret }: Visit,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const intent = findIntent(options.books, id);
  if (intent?.client_secret !== secret) return send(response, 404, pages.card, 'No such payment.');
  const page = pageFor(intent);
  if (request.method === 'GET') return send(response, 200, page, form(intent));
  const choice = ([page.consent, 'decline'] as const).find((one) => one === action);
  if (!choice) return send(response, 404, page, `${page.consent} or decline`);
  const transaction = options.books.find(channel, intent.reference);
  if (transaction && intent.status === 'requires_action')
    options.books.atomically(() => act(options, transaction, { action: choice, force: false }));
  await options.books.kept();
  goBack(response, findIntent(options.books, id) ?? intent);
}

function pageFor({ payment_method_type }: Intent): Page {
  return pages[payment_method_type];
}

function form(intent: Intent): string {
  const { id, client_secret, amount, currency, status } = intent;
  const { path, consent } = pageFor(intent);
  const button = (action: string) =>
    `<form method="post" action="/${path}/${id}/${action}?client_secret=${client_secret}"><button>${action}</button></form>`;
  const buttons = button(consent) + button('decline');
  const what = `<p>${id}: ${amount} ${currency.toUpperCase()} (${status})</p>`;
  return what + (status === 'requires_action' ? buttons : '<p>There is nothing left to do.</p>');
}

function goBack(response: ServerResponse, intent: Intent): void {
  if (intent.return_url === null) return send(response, 200, pageFor(intent), form(intent));
  const url = new URL(intent.return_url);
  const failed = intent.status === 'requires_payment_method';
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.client_secret);
  url.searchParams.set('redirect_status', failed ? 'failed' : 'succeeded');
  response.writeHead(303, { Location: url.href }).end();
}

function send(response: ServerResponse, status: number, { title }: Page, content: string): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title} (sandbox)</title><h1>${title} (sandbox)</h1>${content}</html>`;
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}
