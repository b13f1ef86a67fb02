import type { Answer } from '../call.ts';
import type { DisputeEntry } from '../transaction.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import { acceptClaim, findDispute, provideEvidence } from './dispute.ts';
import { type OwnDispute, summary, wireDispute } from './dispute-wire.ts';
import { orderOf } from './order.ts';
import { disputeListRequest, emptyRequest, evidenceRequest } from './parameters.ts';
import { channel, missing } from './wording.ts';

/** `GET /v1/customer/disputes/{id}`. */
export function disputeCall(request: Asked): Routed {
  const { options } = request;
  return withDispute(request, 'query', (known) => ({
    status: 200,
    body: wireDispute(options, known),
  }));
}

/** `POST …/provide-evidence`; for faults it is a `prepare`: it moves no money. */
export function provideEvidenceCall(request: Asked): Routed {
  return withParameters(evidenceRequest, request, (given) =>
    withDispute(request, 'prepare', (known) => provideEvidence(request.options, known, given)),
  );
}

/** `POST …/accept-claim`. */
export function acceptClaimCall(request: Asked): Routed {
  return withParameters(emptyRequest, request, () =>
    withDispute(request, 'prepare', (known) => acceptClaim(request.options, known)),
  );
}

/** `GET /v1/customer/disputes`: newest first; of one transaction when it is named. */
export function listDisputesCall(request: Asked): Routed {
  const { options, query } = request;
  const asked = { ...request, body: Object.fromEntries(query) };
  return withParameters(disputeListRequest, asked, (given) => {
    const { disputed_transaction_id: id, page_size } = given;
    const found = () =>
      [...options.books.transactions.values()]
        .filter((one) => one.channel === channel)
        .flatMap((one) => one.disputes ?? [])
        .filter((one) => id === undefined || (one.own as OwnDispute).capture_id === id)
        .sort((one, other) => createdAt(one) - createdAt(other))
        .reverse();
    return about(id === undefined ? null : orderOf(options.books, id), {
      operation: 'query',
      commit: () => {
        const items = found()
          .slice(0, page_size)
          .map((one) => summary(options, one));
        return { status: 200, body: { items, links: [] } };
      },
    });
  });
}

function createdAt({ own }: DisputeEntry): number {
  return (own as OwnDispute).created_at;
}

/** A call about the dispute of the path, which is carried out upon how it stands then. */
function withDispute(
  { options: { books }, id }: Asked,
  operation: 'query' | 'prepare',
  carryOut: (known: DisputeEntry) => Answer,
): Routed {
  const known = findDispute(books, id);
  if (!known) return { refused: missing() };
  return about(orderOf(books, (known.own as OwnDispute).capture_id), {
    operation,
    commit: () => carryOut(findDispute(books, id) ?? known),
  });
}
