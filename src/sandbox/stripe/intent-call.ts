import type { Answer } from '../call.ts';
import {
  about,
  type Asked,
  current,
  type Routed,
  unpayable,
  withIntent,
  withParameters,
} from './call.ts';
import { conductOf } from './card.ts';
import { confirm } from './confirm.ts';
import { create } from './create.ts';
import { cancel, capture } from './hold.ts';
import { listIntents } from './list.ts';
import * as parameters from './parameters.ts';
import { authorize } from './payment.ts';
import { wireIntent } from './wire.ts';
import { missing } from './wording.ts';

/** `POST /v1/payment_intents`; only one that is confirmed at once moves money and counts as `create`. */
export function createCall(request: Asked): Routed {
  return withParameters(parameters.createParameters, request, (asked) => {
    const refused =
      unpayable(asked.amount, asked.currency, 'amount') ?? unknownCard(asked.payment_method);
    if (refused) return { refused };
    return about(null, {
      operation: asked.confirm ? 'create' : 'prepare',
      references: [asked.metadata['reference'] ?? ''],
      token: asked.confirm ? (asked.payment_method ?? null) : null,
      commit: () => create(request.options, asked),
    });
  });
}

/** `POST …/confirm`: for faults this is the `create`, for it moves the money. */
export function confirmCall(request: Asked): Routed {
  return withIntent(parameters.confirmParameters, request, (known, asked) => {
    const refused = unknownCard(asked.payment_method);
    if (refused) return { refused };
    return about(known, {
      operation: 'create',
      token: asked.payment_method ?? known.payment_method,
      commit: () => confirm(request.options, current(request.options, known), asked),
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

function unknownCard(token: string | undefined): Answer | null {
  if (token === undefined || conductOf(token)) return null;
  return missing('PaymentMethod', token, 'payment_method', 400);
}
