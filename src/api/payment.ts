import { type Request, type Response, Router } from 'express';

import type { Channel } from '../channels/channel.ts';
import type { Config } from '../config.ts';
import type { Route } from '../domain/creation.ts';
import { toCurrency } from '../domain/currency.ts';
import type { Command, RefusalCode } from '../domain/fact.ts';
import { isId } from '../domain/id.ts';
import { toMinor } from '../domain/money.ts';
import { paymentObject } from '../domain/payment-object.ts';
import { isStable } from '../domain/view.ts';
import { accountsOf } from '../store/channel-account.ts';
import { findKey } from '../store/idempotency.ts';
import {
  findPayment,
  insertPayment,
  type NewPayment,
  type StoredPayment,
} from '../store/payment.ts';
import type { Store } from '../store/store.ts';
import type { Waiting } from '../store/waiting.ts';
import { logger } from '../telemetry.ts';
import type { Actor } from './actor.ts';
import { parse } from './parsing.ts';
import { cancelPayment, type CreatePayment, createPayment, syncPayment } from './payment-schema.ts';
import { fieldProblem, Problem } from './problem.ts';
import { admit, handled, type Key, keyOf, type Known } from './request.ts';

export interface Dependencies {
  readonly store: Store;
  readonly waiting: Waiting;
  readonly actor: Actor;
  readonly config: Config;
  readonly channelFor: (slug: string) => Channel | undefined;
}

/** `/v1/payments`: create, read, cancel, sync. */
export function paymentRoutes(dependencies: Dependencies): Router {
  const { store } = dependencies;
  const router = Router();
  router.post(
    '/v1/payments',
    handled((request, response) => create(dependencies, request, response)),
  );
  router.get(
    '/v1/payments/:id',
    handled(async (request, response) => {
      const known = await admit(store, request, response);
      const payment = await owned(store, known, String(request.params['id']));
      response.json(shown(await longPoll(dependencies, request, payment)));
    }),
  );
  router.post(
    '/v1/payments/:id/cancel',
    handled(async (request, response) => {
      const known = await admit(store, request, response);
      const key = keyOf(request, known, 'POST /v1/payments/{id}/cancel', true);
      const { reason, wait } = parse(cancelPayment, known.body);
      const payment = await owned(store, known, String(request.params['id']));
      await ordered(dependencies, response, known, payment, key, {
        name: 'cancel',
        note: reason ?? null,
      });
      const after = await dependencies.waiting.until(payment.id, isStable, wait * 1_000);
      if (after?.status === 'succeeded')
        throw new Problem('payment_already_paid', `${payment.id} is paid`);
      if (after?.status === 'failed')
        throw new Problem('payment_not_cancelable', `${payment.id} has failed`);
      response.json(shown(after ?? payment));
    }),
  );
  router.post(
    '/v1/payments/:id/sync',
    handled(async (request, response) => {
      const known = await admit(store, request, response);
      const key = keyOf(request, known, 'POST /v1/payments/{id}/sync', false);
      const { wait } = parse(syncPayment, known.body);
      const payment = await owned(store, known, String(request.params['id']));
      await ordered(dependencies, response, known, payment, key, { name: 'sync' });
      const after = await dependencies.waiting.until(payment.id, isAnswered, wait * 1_000);
      response.json(shown(after ?? payment));
    }),
  );
  return router;
}

/** No question to the channel is open any more. */
function isAnswered(payment: StoredPayment): boolean {
  return !payment.attempts.some((attempt) =>
    attempt.operations.some((op) => op.awaits === 'answer' && op.ended === null),
  );
}

/** The contract's object. */
export function shown(payment: StoredPayment): object {
  return paymentObject(payment, payment.details);
}

/** The caller's payment, or 404: another merchant's and one of the other mode do not exist for it. */
export async function owned(store: Store, known: Known, id: string): Promise<StoredPayment> {
  const payment = isId('pay', id)
    ? await findPayment(store.pool, known.caller.merchant_id, id)
    : null;
  if (payment?.livemode !== known.caller.livemode)
    throw new Problem('not_found', 'no such payment');
  return payment;
}

async function create(
  dependencies: Dependencies,
  request: Request,
  response: Response,
): Promise<void> {
  const { store, actor, waiting, config } = dependencies;
  const known = await admit(store, request, response);
  const key = keyOf(request, known, 'POST /v1/payments', true);
  if (!key) throw new Error('bug: a required key is missing');
  const asked = parse(createPayment, known.body);
  refuseByRule(asked, config);
  const held = await findKey(store.pool, key.cause);
  if (held && held.fingerprint !== key.fingerprint) throw reused();
  const insertion = held
    ? { kind: 'replayed' as const, paymentId: held.object_id }
    : await insertPayment(store, await newPayment(dependencies, known, asked, key));
  switch (insertion.kind) {
    case 'key_reused':
      throw reused();
    case 'key_busy':
      throw new Problem('idempotency_in_progress', 'a request with this key is being recorded');
    case 'order_taken': {
      const code = insertion.paid ? 'order_already_paid' : 'order_in_progress';
      throw new Problem(code, `order '${asked.order_no}' has ${insertion.paymentId}`, {
        payment_id: insertion.paymentId,
      });
    }
    case 'replayed':
      response.set('Idempotent-Replayed', 'true');
      break;
    case 'created':
      logger.info(
        { request_id: known.requestId, payment_id: insertion.payment.id },
        'payment created',
      );
  }
  const payment =
    insertion.kind === 'created'
      ? insertion.payment
      : await owned(store, known, insertion.paymentId);
  const waitMs = asked.wait * 1_000;
  await first(actor, payment, waitMs);
  const after =
    isStable(payment) || waitMs === 0 ? payment : await waiting.until(payment.id, isStable, 0);
  response
    .status(201)
    .location(`/v1/payments/${payment.id}`)
    .json(shown(after ?? payment));
}

/** Wakes the actor and waits for the first stable state. Temporal away is no error: the row is stored. */
async function first(actor: Actor, payment: StoredPayment, waitMs: number): Promise<void> {
  try {
    if (waitMs === 0 || isStable(payment))
      await actor.post(payment, { cause: 'attend', fact: { kind: 'attend' } });
    else await actor.answerFirst(payment, waitMs);
  } catch (error) {
    logger.info({ payment_id: payment.id, err: error }, 'the first answer did not come in time');
  }
}

function reused(): Problem {
  return new Problem('idempotency_key_reused', 'this key was used with another request');
}

function refuseByRule(asked: CreatePayment, config: Config): void {
  if (asked.expires_in < config.minExpiresIn || asked.expires_in > 604_800) {
    const detail = `${asked.expires_in} is not between ${config.minExpiresIn} and 604800 seconds`;
    throw fieldProblem([{ pointer: '/expires_in', code: 'expires_in_out_of_range', detail }]);
  }
  if (asked.capture === 'manual' && asked.method && asked.method.type !== 'card') {
    throw fieldProblem([
      {
        pointer: '/capture',
        code: 'capture_mode_not_supported',
        detail: `${asked.method.type} is captured automatically`,
      },
    ]);
  }
  if (asked.customer?.id !== undefined) {
    throw fieldProblem([
      { pointer: '/customer/id', code: 'customer_not_found', detail: 'no such customer' },
    ]);
  }
}

async function newPayment(
  dependencies: Dependencies,
  known: Known,
  asked: CreatePayment,
  key: Key,
): Promise<NewPayment> {
  const { caller } = known;
  return {
    terms: {
      merchant_id: caller.merchant_id,
      app_id: caller.app_id,
      livemode: caller.livemode,
      order_no: asked.order_no,
      amount: toMinor(asked.amount),
      currency: toCurrency(asked.currency),
      capture: asked.capture,
      on_decline: asked.on_decline,
      max_attempts: asked.max_attempts,
      late_money: asked.late_money ?? caller.late_money,
      expires_in_ms: asked.expires_in * 1_000,
    },
    method: asked.method?.type ?? null,
    route: asked.method
      ? await routeFor(dependencies, known, asked.method.type, asked.currency)
      : null,
    details: {
      description: asked.description ?? null,
      customer: asked.customer
        ? (JSON.parse(JSON.stringify(asked.customer)) as Record<string, string>)
        : null,
      metadata: asked.metadata,
      return_url: asked.return_url ?? null,
      notify_url: asked.notify_url ?? null,
    },
    key,
  };
}

/** The first account whose channel serves this method and currency. */
async function routeFor(
  dependencies: Dependencies,
  known: Known,
  method: string,
  currency: string,
): Promise<Route> {
  const accounts = await accountsOf(dependencies.store.pool, known.caller);
  const serving = accounts.flatMap((account) => {
    const currencies = dependencies.channelFor(account.channel)?.facts.methods[method];
    return currencies ? [{ account, currencies }] : [];
  });
  if (serving.length === 0) {
    throw fieldProblem([
      {
        pointer: '/method/type',
        code: 'method_not_supported',
        detail: `no channel account serves '${method}'`,
      },
    ]);
  }
  const fitting = serving.find(({ currencies }) => currencies.includes(currency));
  if (!fitting) {
    const enabled = [...new Set(serving.flatMap(({ currencies }) => currencies))].join(', ');
    const detail = `'${currency}' is not enabled for ${method}; enabled: ${enabled}`;
    throw fieldProblem([{ pointer: '/currency', code: 'currency_not_supported', detail }]);
  }
  const { id, version, channel } = fitting.account;
  return { channel, channel_account: id, account_version: version };
}

/** At once if the sequence is greater than asked for, else at the first change, else unchanged after `wait`. */
async function longPoll(
  dependencies: Dependencies,
  request: Request,
  payment: StoredPayment,
): Promise<StoredPayment> {
  const { wait, after_sequence } = query(request, ['wait', 'after_sequence']);
  const seconds = wholeNumber('wait', wait, 30) ?? 0;
  const after =
    wholeNumber('after_sequence', after_sequence, Number.MAX_SAFE_INTEGER) ?? payment.sequence;
  if (seconds === 0 || payment.sequence > after) return payment;
  const moved = await dependencies.waiting.until(
    payment.id,
    (now) => now.sequence > after,
    seconds * 1_000,
  );
  return moved ?? payment;
}

/** The query's parameters, each at most once; another name is an unknown field. */
export function query<N extends string>(
  request: Request,
  names: readonly N[],
): Partial<Record<N, string>> {
  const given: Partial<Record<N, string>> = {};
  for (const [name, value] of new URL(request.originalUrl, 'http://host').searchParams) {
    const known = names.find((one) => one === name);
    if (!known)
      throw fieldProblem([
        {
          pointer: `?${name}`,
          code: 'unknown_field',
          detail: `known: ${names.join(', ') || 'none'}`,
        },
      ]);
    if (given[known] !== undefined)
      throw fieldProblem([{ pointer: `?${name}`, code: 'invalid_field', detail: 'given twice' }]);
    given[known] = value;
  }
  return given;
}

/** A parameter as a whole number from 0 to `most`; undefined when it was not given. */
export function wholeNumber(
  name: string,
  text: string | undefined,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,16}$/.test(text) || Number(text) > most) {
    throw fieldProblem([
      { pointer: `?${name}`, code: 'invalid_field', detail: `a whole number from 0 to ${most}` },
    ]);
  }
  return Number(text);
}

/** Has the actor record a command; a refusal by state becomes its Problem. */
export async function ordered(
  { store, actor }: Pick<Dependencies, 'store' | 'actor'>,
  response: Response,
  known: Known,
  payment: StoredPayment,
  key: Key | null,
  command: Command,
): Promise<void> {
  const held = key && (await findKey(store.pool, key.cause));
  if (held && held.fingerprint !== key.fingerprint) throw reused();
  if (held) response.set('Idempotent-Replayed', 'true');
  if (held?.refusal) throw new Problem(held.refusal.code, held.refusal.detail);
  if (held) return;
  const claim = key ? { key: { app_id: known.caller.app_id, fingerprint: key.fingerprint } } : {};
  const message = {
    cause: key?.cause ?? known.requestId,
    fact: { kind: 'command' as const, command },
    ...claim,
  };
  const { refused } = await recorded(actor, payment, message);
  logger.info(
    {
      request_id: known.requestId,
      payment_id: payment.id,
      command: command.name,
      refused: refused?.code,
    },
    'command',
  );
  if (refused) throw new Problem(refused.code satisfies RefusalCode, refused.detail);
}

async function recorded(
  actor: Actor,
  payment: StoredPayment,
  message: Parameters<Actor['command']>[1],
) {
  try {
    return await actor.command(payment, message, 8_000);
  } catch (error) {
    logger.warn({ payment_id: payment.id, err: error }, 'a command could not be recorded');
    throw new Problem(
      'dependency_unavailable',
      'Temporal did not take the command; repeat it with the same key',
    );
  }
}
