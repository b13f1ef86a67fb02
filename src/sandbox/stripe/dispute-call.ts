import type { DisputeEntry } from '../transaction.ts';
import { about, type Asked, type Routed, type StripeCall, withParameters } from './call.ts';
import { answer, close, findDispute } from './dispute.ts';
import { wireDispute } from './dispute-wire.ts';
import { findIntent } from './intent.ts';
import { listDisputes } from './list.ts';
import * as parameters from './parameters.ts';
import { channel, missing } from './wording.ts';

/** `GET /v1/disputes/{id}`. */
export function disputeCall(request: Asked): Routed {
  const { books } = request.options;
  return withParameters(parameters.retrieveParameters, request, () =>
    withDispute(request, 'query', (known) => ({ status: 200, body: wireDispute(books, known) })),
  );
}

/** `POST /v1/disputes/{id}`; for faults it is a `prepare`: it moves no money. */
export function updateDisputeCall(request: Asked): Routed {
  return withParameters(parameters.disputeParameters, request, (asked) =>
    withDispute(request, 'prepare', (known) => answer(request.options, known, asked)),
  );
}

/** `POST /v1/disputes/{id}/close`. */
export function closeDisputeCall(request: Asked): Routed {
  return withParameters(parameters.retrieveParameters, request, () =>
    withDispute(request, 'prepare', (known) => close(request.options, known)),
  );
}

/** `GET /v1/disputes`, of one charge, of one PaymentIntent, or all. A fault that denies what is there leaves the list empty. */
export function listDisputesCall(request: Asked): Routed {
  const { books } = request.options;
  return withParameters(parameters.disputeListParameters, request, (asked) => {
    const disputes = () =>
      [...books.transactions.values()]
        .filter((one) => one.channel === channel)
        .flatMap((one) => one.disputes ?? [])
        .filter((one) => isAbout(one, asked));
    const known =
      asked.payment_intent === undefined ? null : findIntent(books, asked.payment_intent);
    return about(known, {
      operation: 'query',
      denial: listDisputes(books, [], asked),
      commit: () => listDisputes(books, disputes(), asked),
    });
  });
}

function isAbout(
  { transaction_id, own }: DisputeEntry,
  { payment_intent, charge }: { payment_intent?: string | undefined; charge?: string | undefined },
): boolean {
  const ofCharge = charge === undefined || (own as { charge: string }).charge === charge;
  return ofCharge && (payment_intent === undefined || transaction_id === payment_intent);
}

/** A call about the dispute of the path, which is carried out upon how it stands then. */
function withDispute(
  { options: { books }, id }: Asked,
  operation: StripeCall['operation'],
  carryOut: (known: DisputeEntry) => ReturnType<StripeCall['commit']>,
): Routed {
  const known = findDispute(books, id);
  const denial = missing('dispute', id, 'dispute');
  if (!known) return { refused: denial };
  return about(findIntent(books, known.transaction_id), {
    operation,
    denial,
    commit: () => carryOut(findDispute(books, id) ?? known),
  });
}
