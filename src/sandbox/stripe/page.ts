import type { IncomingMessage, ServerResponse } from 'node:http';

import { pageOf as sandboxPage } from '../html.ts';
import { findIntent, type Intent, type StripeOptions } from './intent.ts';
import { act } from './payer.ts';
import { answerBank, findSetup, type SetupIntent } from './setup-intent.ts';
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

/** What a payer is asked on such a page, be it for a payment or for a card that is to be kept. */
interface Question {
  readonly id: string;
  readonly client_secret: string;
  /** The parameter under which the merchant is told its number. */
  readonly name: 'payment_intent' | 'setup_intent';
  readonly page: Page;
  readonly what: string;
  readonly status: string;
  readonly return_url: string | null;
  readonly answer: (choice: Page['consent'] | 'decline') => void;
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
  const question = questionOf(options, id);
  if (question?.client_secret !== secret)
    return send(response, 404, pages.card, 'No such payment.');
  const { page, status, answer } = question;
  if (request.method === 'GET') return send(response, 200, page, form(question));
  const choice = ([page.consent, 'decline'] as const).find((one) => one === action);
  if (!choice) return send(response, 404, page, `${page.consent} or decline`);
  if (status === 'requires_action') options.books.atomically(() => answer(choice));
  await options.books.kept();
  goBack(response, questionOf(options, id) ?? question);
}

function questionOf(options: StripeOptions, id: string): Question | null {
  const setup = findSetup(options, id);
  if (setup) return aboutSetup(options, setup);
  const intent = findIntent(options.books, id);
  return intent && aboutPayment(options, intent);
}

function aboutPayment(options: StripeOptions, intent: Intent): Question {
  const { id, client_secret, status, return_url, amount, currency } = intent;
  const transaction = options.books.find(channel, intent.reference);
  return {
    id,
    client_secret,
    name: 'payment_intent',
    page: pages[intent.payment_method_type],
    what: `${amount} ${currency.toUpperCase()}`,
    status,
    return_url,
    answer: (action) => {
      if (transaction) act(options, transaction, { action, force: false });
    },
  };
}

function aboutSetup(options: StripeOptions, setup: SetupIntent): Question {
  const { id, client_secret, status, return_url } = setup;
  return {
    id,
    client_secret,
    name: 'setup_intent',
    page: pages.card,
    what: 'your card is kept',
    status,
    return_url,
    answer: (choice) =>
      answerBank(options, setup, choice === 'decline' ? 'decline' : 'authenticate'),
  };
}

function form({ id, client_secret, what, status, page }: Question): string {
  const { path, consent } = page;
  const button = (action: string) =>
    `<form method="post" action="/${path}/${id}/${action}?client_secret=${client_secret}"><button>${action}</button></form>`;
  const buttons = button(consent) + button('decline');
  const said = `<p>${id}: ${what} (${status})</p>`;
  return said + (status === 'requires_action' ? buttons : '<p>There is nothing left to do.</p>');
}

function goBack(response: ServerResponse, question: Question): void {
  const { name, id, client_secret, status, return_url, page } = question;
  if (return_url === null) return send(response, 200, page, form(question));
  const url = new URL(return_url);
  const failed = status === 'requires_payment_method';
  url.searchParams.set(name, id);
  url.searchParams.set(`${name}_client_secret`, client_secret);
  url.searchParams.set('redirect_status', failed ? 'failed' : 'succeeded');
  response.writeHead(303, { Location: url.href }).end();
}

function send(response: ServerResponse, status: number, { title }: Page, content: string): void {
  const { html } = sandboxPage(`${title} (sandbox)`, status, content);
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
}
