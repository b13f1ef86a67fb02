import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';

import { type Books, shown } from './books.ts';
import type { Deliverer } from './delivery.ts';
import { arm, faultRequest } from './fault.ts';
import { wechatPayKeys } from './wechat-pay/keys.ts';
import { bounceRefund, pay } from './wechat-pay/payer.ts';

const payerRequest = z.strictObject({
  action: z.enum(['pay', 'decline', 'abandon', 'bounce_refund']),
  reason: z.string().optional(),
  force: z.boolean().default(false),
  refund: z.string().optional(),
});

const resendRequest = z.strictObject({
  copies: z.int().min(1).max(1_000).default(1),
  parallel: z.boolean().default(false),
  account: z.string().optional(),
});

/** The control API: who pays, what breaks, what the books say (contract section 7). */
export function controlApp(
  books: Books,
  deliverer: Deliverer,
  faultsChanged: () => Promise<void>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());
  app.get('/livez', (_request, response) => void response.json({ live: true }));
  app.get('/control/books', (request, response) => void response.json(booksOf(books, request)));
  app.get(
    '/control/keys',
    (_request, response) => void response.json({ 'wechat-pay': wechatPayKeys }),
  );
  app.post('/control/payers/:channel/:reference', (request, response) =>
    act(books, deliverer, request, response),
  );
  app.post('/control/faults', async (request, response) => {
    const asked = parsed(faultRequest, request, response);
    if (!asked) return;
    const id = arm(books, asked);
    await faultsChanged();
    response.json({ id });
  });
  app.delete('/control/faults', async (_request, response) => {
    books.write({ kind: 'faults', faults: [] });
    await faultsChanged();
    response.json({ deleted: true });
  });
  app.post('/control/callbacks/:channel/:reference/resend', async (request, response) => {
    const asked = parsed(resendRequest, request, response);
    if (!asked) return;
    const last = [...books.deliveries.values()].findLast((one) => isNamed(one, request));
    if (!last)
      return void response
        .status(404)
        .json({ error: 'no callback was ever made for this reference' });
    const statuses = await deliverer.resend(last, asked);
    response.json({ sent: statuses.length, statuses });
  });
  app.post('/control/reset', async (_request, response) => {
    books.reset();
    await faultsChanged();
    response.json({ reset: true });
  });
  app.use((request: Request, response: Response) => {
    response.status(404).json({ error: `nothing at ${request.method} ${request.path}` });
  });
  return app;
}

function isNamed(one: { channel: string; reference: string }, request: Request): boolean {
  return one.channel === request.params['channel'] && one.reference === request.params['reference'];
}

function parsed<T>(shape: z.ZodType<T>, request: Request, response: Response): T | null {
  const result = shape.safeParse((request.body as unknown) ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  response.status(400).json({ error: errors.join('; ') });
  return null;
}

function booksOf(books: Books, request: Request): object {
  const wanted = (one: { channel: string; reference: string }) =>
    (request.query['channel'] === undefined || one.channel === request.query['channel']) &&
    (request.query['reference'] === undefined || one.reference === request.query['reference']);
  return {
    transactions: [...books.transactions.values()].filter(wanted).map(shown),
    violations: books.violations.filter(wanted),
  };
}

function act(books: Books, deliverer: Deliverer, request: Request, response: Response): void {
  const asked = parsed(payerRequest, request, response);
  if (!asked) return;
  const transaction = [...books.transactions.values()].find((one) => isNamed(one, request));
  if (!transaction) return void response.status(404).json({ error: 'unknown reference' });
  if (asked.action === 'decline' || asked.action === 'abandon')
    return void response.json(shown(transaction)); // a QR payer may try again
  const acted =
    asked.action === 'pay'
      ? pay(books, deliverer, transaction, asked.force)
      : bounceRefund(books, deliverer, transaction, asked.refund ?? '');
  if ('conflict' in acted) return void response.status(409).json({ error: acted.conflict });
  response.json(shown(acted.transaction));
}
