import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';

import { type CardToken, type Complaints, form, result } from './card-form.ts';
import { clock } from './clock.ts';
import { pageOf } from './html.ts';
import { faceOf, testCards } from './test-card.ts';

const digits = z.string().transform((text) => text.replace(/[\s-]/g, ''));

/** Becomes the card. Unknown numbers are never repeated: somebody may have typed his own. */
const number = digits
  .transform((typed) => testCards.find((card) => card.number === typed))
  .refine((card) => card !== undefined, 'is none of the sandbox’s test cards; no other is taken');
const expiry = z
  .string()
  .regex(/^\s*(0?[1-9]|1[0-2])\s*\/\s*(\d\d|\d{4})\s*$/, 'must be month and year, like 12/34')
  .refine((typed) => endOf(typed) > clock.now(), 'must not be over');
const cvc = z.string().regex(/^\d{3}$/, 'must be three digits');
const return_url = z.httpUrl('must be an http or https URL');

const typedCard = z.object({ number, expiry, cvc, return_url: return_url.optional() });
type TypedCard = z.infer<typeof typedCard>;

/**
 * `/card`: the field into which payers type a card's number, as they would into Stripe's or Adyen's, so that the
 * merchant sees its token only. A page for browsers, which goes on to `return_url` with `token`, `brand` and `last4`
 * in the query, and the same by JSON. A number is neither kept nor written anywhere.
 */
export function cardField(): Router {
  const router = Router();
  router.get('/', ({ query }, response) => {
    const asked = return_url.safeParse(query['return_url']);
    show(response, 200, form(asked.data, {}));
  });
  router.post('/', express.urlencoded({ extended: false }), express.json(), (request, response) => {
    const typed = typedCard.safeParse(filled(request.body));
    if (!typed.success) return refuse(request, response, complaintsOf(typed.error));
    answer(request, response, typed.data);
  });
  router.all('/', ({ method }, response) => {
    response.status(405).set('Allow', 'GET, POST');
    response.json({ error: `${method} is not allowed here; allowed: GET, POST` });
  });
  return router;
}

/** An empty field of a form is none. */
function filled(body: unknown): object {
  const given = Object.entries((body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

/** The first moment of the month after it, in milliseconds. */
function endOf(typed: string): number {
  const [month = 0, year = 0] = typed.split('/').map(Number);
  return Date.UTC(year < 100 ? 2_000 + year : year, month);
}

function complaintsOf({ issues }: z.ZodError): Complaints {
  const told = issues.map(({ path, code, message }) => [
    String(path[0]),
    code === 'invalid_type' ? 'is missing' : message,
  ]);
  return Object.fromEntries(told.reverse()) as Complaints; // the first one of a field counts
}

function refuse(request: Request, response: Response, complaints: Complaints): void {
  const error = Object.entries(complaints).map(([name, what]) => `${name}: ${what}`).join('; '); // prettier-ignore
  if (request.is('json')) return void response.status(422).json({ error });
  const body = (request.body ?? {}) as Record<string, unknown>;
  show(response, 422, form(return_url.safeParse(body['return_url']).data, complaints));
}

function answer(request: Request, response: Response, typed: TypedCard): void {
  const token: CardToken = { token: typed.number.token, ...faceOf(typed.number) };
  if (request.is('json')) return void response.json(token);
  if (typed.return_url === undefined) return show(response, 200, result(token));
  const home = new URL(typed.return_url);
  for (const [name, value] of Object.entries(token)) home.searchParams.set(name, value);
  response.redirect(303, home.href);
}

function show(response: Response, status: number, content: string): void {
  const { html } = pageOf('Card (sandbox)', status, content);
  response.status(status).set('Cache-Control', 'no-store').type('html').send(html);
}
