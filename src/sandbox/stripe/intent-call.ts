import {
  about,
  type Asked,
  current,
  type Routed,
  unpayable,
  withIntent,
  withParameters,
} from './call.ts';
import { confirm } from './confirm.ts';
import { create, unfit } from './create.ts';
import { cancel, capture } from './hold.ts';
import { increment } from './increment.ts';
import type { Intent, StripeOptions } from './intent.ts';
import { listIntents } from './list.ts';
import * as parameters from './parameters.ts';
import { authorize } from './payment.ts';
import { findMethod, type Instrument, instrumentOf } from './payment-method.ts';
import { wireIntent } from './wire.ts';

/** `POST /v1/payment_intents`; only one that is confirmed at once moves money and counts as `create`. */
export function createCall(request: Asked): Routed {
  return withParameters(parameters.createParameters, request, (asked) => {
    const { options } = request;
    const refused = unpayable(asked.amount, asked.currency, 'amount') ?? unfit(asked);
    const paidWith = refused ? { refused } : instrumentOf(options, asked);
    if (paidWith && 'refused' in paidWith) return paidWith;
    return about(null, {
      operation: asked.confirm ? 'create' : 'prepare',
      references: [asked.metadata['reference'] ?? ''],
      token: asked.confirm ? (paidWith?.token ?? null) : null,
      commit: () => create(options, asked, paidWith),
    });
  });
}

/** `POST …/confirm`: for faults this is the `create`, for it moves the money. */
export function confirmCall(request: Asked): Routed {
  const { options } = request;
  return withIntent(parameters.confirmParameters, request, (known, asked) => {
    const named = instrumentOf(options, asked);
    if (named && 'refused' in named) return named;
    const paidWith = named ?? chosenBefore(options, known);
    return about(known, {
      operation: 'create',
      token: paidWith?.token ?? null,
      commit: () => confirm(options, current(options, known), asked, paidWith),
    });
  });
}

/** `POST …/capture`. */
export function captureCall(request: Asked): Routed {
  return withIntent(parameters.captureParameters, request, (known, asked) => {
    const refused = unpayable(asked.amount_to_capture, known.currency, 'amount_to_capture');
    if (refused) return { refused };
    const commit = () => capture(request.options, current(request.options, known), asked);
    return about(known, { operation: 'capture', commit });
  });
}

/** `POST …/increment_authorization`. */
export function incrementCall(request: Asked): Routed {
  const { options } = request;
  return withIntent(parameters.incrementParameters, request, (known, asked) => {
    const refused = unpayable(asked.amount, known.currency, 'amount');
    if (refused) return { refused };
    const commit = () => increment(options, current(options, known), asked);
    return about(known, { operation: 'increment', commit });
  });
}

/** `POST …/cancel`: of an unpaid PaymentIntent a close, of a hold a void. `pay_during_close`: the payer is faster. */
export function cancelCall({ options, ...request }: Asked): Routed {
  return withIntent(parameters.cancelParameters, { options, ...request }, (known, asked) =>
    about(known, {
      operation: known.status === 'requires_capture' ? 'void' : 'close',
      commit: (faults) => {
        const open = current(options, known);
        const canBePaid = open.status.startsWith('requires_') && open.status !== 'requires_capture';
        if (faults.has('pay_during_close') && canBePaid) authorize(options, open);
        return cancel(options, current(options, known), asked);
      },
    }),
  );
}

/** `GET /v1/payment_intents/{id}`. */
export function queryCall({ options, ...request }: Asked): Routed {
  return withIntent(parameters.retrieveParameters, { options, ...request }, (known, { expand }) => {
    const body = () => wireIntent(options, current(options, known), expand);
    return about(known, { operation: 'query', commit: () => ({ status: 200, body: body() }) });
  });
}

/** `GET /v1/payment_intents`. */
export function listCall(request: Asked): Routed {
  return withParameters(parameters.listParameters, request, (asked) =>
    about(null, { operation: 'query', commit: () => listIntents(request.options, asked) }),
  );
}

function chosenBefore(options: StripeOptions, { payment_method }: Intent): Instrument | null {
  return payment_method === null ? null : findMethod(options, payment_method);
}
