import type { z } from 'zod';

import type { Answer } from '../call.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import type { StripeOptions } from './intent.ts';
import { listSetups } from './list.ts';
import * as parameters from './parameters.ts';
import {
  conductBy,
  findMethod,
  type Instrument,
  instrumentOf,
  methodOf,
} from './payment-method.ts';
import {
  askPayer,
  cancelSetup,
  fail,
  findSetup,
  makeSetup,
  type SetupIntent,
  setupsOf,
  succeed,
  wireSetup,
} from './setup-intent.ts';
import { invalid, missing, refusal } from './wording.ts';

/** `POST /v1/setup_intents`, confirmed at once when that is asked. No call of a SetupIntent moves money: each is a `prepare`. */
export function createSetupCall(request: Asked): Routed {
  const { options } = request;
  return withParameters(parameters.setupParameters, request, (asked) => {
    const keptOn = instrumentOf(options, asked);
    if (keptOn && 'refused' in keptOn) return keptOn;
    const refused = notHis(options, asked.customer ?? null, keptOn);
    if (refused) return { refused };
    return about(null, {
      operation: 'prepare',
      references: [asked.metadata['reference'] ?? ''],
      token: asked.confirm ? (keptOn?.token ?? null) : null,
      commit: () => {
        const method = keptOn && methodOf(options, keptOn);
        const setup = makeSetup(options, asked, method);
        if (asked.confirm) return confirm(options, setup, asked, method);
        return shown(options, setup, asked.expand);
      },
    });
  });
}

/** `POST …/confirm`. */
export function confirmSetupCall(request: Asked): Routed {
  const { options } = request;
  return withSetup(parameters.setupConfirmParameters, request, (known, asked) => {
    const named = instrumentOf(options, asked);
    if (named && 'refused' in named) return named;
    const { payment_method } = known;
    const keptOn = named ?? (payment_method === null ? null : findMethod(options, payment_method));
    const refused = notHis(options, known.customer, keptOn);
    if (refused) return { refused };
    return about(null, {
      operation: 'prepare',
      references: [referenceOf(known)],
      token: keptOn?.token ?? null,
      commit: () => confirm(options, current(options, known), asked, keptOn),
    });
  });
}

/** `GET /v1/setup_intents/{id}`. */
export function setupCall(request: Asked): Routed {
  const { options } = request;
  return withSetup(parameters.retrieveParameters, request, (known, { expand }) =>
    about(null, {
      operation: 'query',
      references: [referenceOf(known)],
      commit: () => shown(options, current(options, known), expand),
    }),
  );
}

/** `GET /v1/setup_intents`: all, or those of a customer or of a payment method. */
export function listSetupsCall(request: Asked): Routed {
  const { options } = request;
  return withParameters(parameters.setupListParameters, request, (asked) => {
    const { customer, payment_method: method } = asked;
    const found = () =>
      setupsOf(options).filter(
        (one) =>
          (customer === undefined || one.customer === customer) &&
          (method === undefined || one.payment_method === method),
      );
    return about(null, { operation: 'query', commit: () => listSetups(options, found(), asked) });
  });
}

/** `POST …/cancel`. */
export function cancelSetupCall(request: Asked): Routed {
  const { options } = request;
  return withSetup(parameters.cancelParameters, request, (known, asked) =>
    about(null, {
      operation: 'prepare',
      references: [referenceOf(known)],
      commit: () => {
        const setup = current(options, known);
        if (isOver(setup)) return overAlready(options, setup, 'cancel');
        const canceled = cancelSetup(options, setup, asked.cancellation_reason ?? null);
        return shown(options, canceled, asked.expand);
      },
    }),
  );
}

function confirm(
  options: StripeOptions,
  setup: SetupIntent,
  asked: parameters.SetupConfirmParameters,
  keptOn: Instrument | null,
): Answer {
  if (isOver(setup)) return overAlready(options, setup, 'confirm');
  if (!keptOn) return unexpected(options, setup, 'You cannot confirm this SetupIntent because it is missing a payment method.'); // prettier-ignore
  const payment_method = methodOf(options, keptOn).id;
  const tried = { ...setup, payment_method, return_url: asked.return_url ?? setup.return_url };
  const conduct = conductBy(keptOn);
  switch (conduct.kind) {
    case 'pays':
    case 'pays_and_disputes':
    case 'takes_time': // a bank takes its time for money, not for this
      return shown(options, succeed(options, tried), asked.expand);
    case 'asks_payer':
      return shown(options, askPayer(options, tried), asked.expand);
    case 'silent': // who asks never hears it
      return shown(options, conduct.charged ? succeed(options, tried) : setup, asked.expand);
    case 'declines': {
      const failed = fail(options, tried, conduct.error);
      return refusal(402, { ...conduct.error, setup_intent: wireSetup(options, failed) });
    }
  }
}

function isOver({ status }: SetupIntent): boolean {
  return status === 'succeeded' || status === 'canceled';
}

function overAlready(options: StripeOptions, setup: SetupIntent, deed: string): Answer {
  const message = `You cannot ${deed} this SetupIntent because it has a status of ${setup.status}.`;
  return unexpected(options, setup, message);
}

function unexpected(options: StripeOptions, setup: SetupIntent, message: string): Answer {
  const setup_intent = wireSetup(options, setup);
  return invalid(message, { code: 'setup_intent_unexpected_state', setup_intent });
}

/** The refusal of a method that belongs to another customer, or that was used up, or null. */
function notHis(
  options: StripeOptions,
  customer: string | null,
  keptOn: Instrument | null,
): Answer | null {
  const method = keptOn?.id == null ? null : findMethod(options, keptOn.id);
  if (!method?.is_used_up && (!method?.customer || method.customer === customer)) return null;
  return invalid(`The PaymentMethod ${method.id} may not be used with this SetupIntent.`, {
    param: 'payment_method',
  });
}

function referenceOf({ id, metadata }: SetupIntent): string {
  return metadata['reference'] ?? id;
}

function current(options: StripeOptions, known: SetupIntent): SetupIntent {
  return findSetup(options, known.id) ?? known;
}

function shown(options: StripeOptions, setup: SetupIntent, expand: readonly string[]): Answer {
  return { status: 200, body: wireSetup(options, setup, expand) };
}

function withSetup<Schema extends z.ZodType>(
  schema: Schema,
  request: Asked,
  use: (known: SetupIntent, given: z.infer<Schema>) => Routed,
): Routed {
  const known = findSetup(request.options, request.id);
  if (!known) return { refused: missing('setupintent', request.id, 'intent') };
  return withParameters(schema, request, (given) => use(known, given));
}
