import { isDeepStrictEqual } from 'node:util';

import type { Answer, Call } from '../call.ts';
import type { FaultName } from '../fault.ts';
import type { RefundEntry, Transaction } from '../transaction.ts';
import { about, type Asked, asked, blocked, lookedUp } from './call.ts';
import { minorOf, money } from './money.ts';
import { type ReturnRequest, returnRequest } from './parameters.ts';
import { accept, returnedIn } from './return.ts';
import { returnOf, wireReturn } from './return-wire.ts';
import { accountOf, creditedIn } from './virtual-account.ts';
import { conflict } from './virtual-account-call.ts';
import { accountUnknown, channel, refusal, returnUnknown } from './wording.ts';

/** `PUT /v1/returns/{number}`: ordered now, or as it stands since it was. One that is refused is not kept. */
export function returnCall(request: Asked): Call {
  const { options, name } = request;
  const commit = (faults: ReadonlySet<FaultName>) =>
    asked(returnRequest, request, (given) => {
      const transaction = options.books.find(channel, given.virtual_account);
      if (!transaction) return accountUnknown;
      const known = findReturn(request);
      if (known && !isDeepStrictEqual(returnOf(known).asked, given))
        return conflict(options, given.virtual_account);
      if (known) return { status: 200, body: wireReturn(known) };
      const refused = blocked(faults) ?? unpaid(request, transaction, given) ?? unfunded(faults);
      if (refused) return refused;
      const bounces = faults.has('refund_bounce');
      const entry = accept(options, transaction, name, { asked: given, bounces });
      return { status: 201, body: wireReturn(entry) };
    });
  return about(request, { operation: 'refund', commit }, accountNamed(request.body), name);
}

function accountNamed(body: unknown): string | undefined {
  const given = returnRequest.safeParse(body);
  return given.success ? given.data.virtual_account : undefined;
}

/** By the customer's number, which the bank's own may look like. */
function findReturn({ options, name }: Asked): RefundEntry | null {
  const found = options.books.findRefund(channel, name);
  return found?.refund.reference === name ? found.refund : null;
}

/** 422 for money that did not come to this account, or is on its way back already; or null. */
function unpaid(
  { options, name }: Asked,
  transaction: Transaction,
  given: ReturnRequest,
): Answer | null {
  const account = accountOf(transaction);
  const { credit, currency } = given;
  if (!account.credits.some((one) => one.id === credit && one.currency === currency))
    return refusal('CREDIT_UNKNOWN', `no credit '${credit}' in ${currency} on this account`);
  const left = creditedIn(account, currency) - returnedIn(transaction, currency);
  if (minorOf(given) <= left) return null;
  const detail = `${given.amount} is more than the ${money(left, currency).amount} ${currency} that are left`;
  options.books.violate(channel, account.number, 'refund_beyond_paid', `${name}: ${detail}`);
  return refusal('RETURN_EXCEEDS_CREDIT', detail);
}

function unfunded(faults: ReadonlySet<FaultName>): Answer | null {
  if (!faults.has('insufficient_merchant_balance')) return null;
  return refusal('INSUFFICIENT_BALANCE', 'the balance is too low now');
}

/** `GET /v1/returns/{number}`. */
export function queryReturnCall(request: Asked): Call {
  const entry = findReturn(request);
  const commit = () => lookedUp(request, entry, returnUnknown, wireReturn);
  const account = entry ? returnOf(entry).asked.virtual_account : undefined;
  const call = about(request, { operation: 'query_refund', commit }, account, request.name);
  return { ...call, known_since: entry?.created_at ?? null };
}
