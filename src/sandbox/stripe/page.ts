import type { IncomingMessage, ServerResponse } from 'node:http';

import { findIntent, type Intent, type StripeOptions } from './intent.ts';
import { act } from './payer.ts';
import { channel } from './wording.ts';

/** What a payer's browser asks of the page of 3-D Secure. */
interface Page {
  readonly id: string;
  /** What he chose, or '' for the page itself. */
  readonly action: string;
  readonly secret: string | null;
}

/**
 * Is this a payer's browser on the page of 3-D Secure, and for which PaymentIntent?
 *
 * @param target path and query as they came
 */
export function pageOf(target: string): Page | null {
  const [path = '', query] = target.split('?', 2);
  const [, page, id = '', action = ''] = path.split('/');
  if (page !== '3d_secure') return null;
  return { id, action, secret: new URLSearchParams(query).get('client_secret') };
}

/**
 * The page where a payer proves that the card is his, or fails to; it leads back to the merchant's
 * `return_url`. Who does not know the client secret sees nothing.
 */
export async function servePage(
  options: StripeOptions,
  { id, action, secret }: Page,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const intent = findIntent(options.books, id);
  if (intent?.client_secret !== secret) return send(response, 404, 'No such payment.');
  if (request.method === 'GET') return send(response, 200, form(intent));
  if (action !== 'authenticate' && action !== 'decline')
    return send(response, 404, 'authenticate or decline');
  const transaction = options.books.find(channel, intent.reference);
  if (transaction && intent.status === 'requires_action')
    options.books.atomically(() => act(options, transaction, { action, force: false }));
  await options.books.kept();
  goBack(response, findIntent(options.books, id) ?? intent);
}

function form({ id, client_secret, amount, currency, status }: Intent): string {
  const button = (action: string) =>
    `<form method="post" action="/3d_secure/${id}/${action}?client_secret=${client_secret}"><button>${action}</button></form>`;
  const buttons = button('authenticate') + button('decline');
  const what = `<p>${id}: ${amount} ${currency.toUpperCase()} (${status})</p>`;
  return what + (status === 'requires_action' ? buttons : '<p>There is nothing left to do.</p>');
}

function goBack(response: ServerResponse, intent: Intent): void {
  if (intent.return_url === null) return send(response, 200, form(intent));
  const url = new URL(intent.return_url);
  const failed = intent.status === 'requires_payment_method';
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.client_secret);
  url.searchParams.set('redirect_status', failed ? 'failed' : 'succeeded');
  response.writeHead(303, { Location: url.href }).end();
}

function send(response: ServerResponse, status: number, content: string): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>3-D Secure (sandbox)</title><h1>3-D Secure (sandbox)</h1>${content}</html>`;
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}
