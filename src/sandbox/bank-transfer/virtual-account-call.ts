import { isDeepStrictEqual } from 'node:util';

import type { Answer, Call } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { FaultName } from '../fault.ts';
import { about, type Asked, asked, blocked, lookedUp } from './call.ts';
import { bookCredit } from './credit.ts';
import { amountMax, isOffered, minorOf } from './money.ts';
import { type AccountRequest, accountRequest, closureRequest } from './parameters.ts';
import {
  close,
  closedAt,
  findAccount,
  freshAccount,
  missingOf,
  planEnd,
  saveAccount,
  wireAccount,
} from './virtual-account.ts';
import { accountUnknown, channel, refusal } from './wording.ts';

/** `PUT /v1/virtual-accounts/{number}`: made now, or as it stands since it was. */
export function openCall(request: Asked): Call {
  const { options, name } = request;
  const commit = (faults: ReadonlySet<FaultName>) =>
    asked(accountRequest, request, (given) => {
      const known = findAccount(options.books, name);
      if (known && !isDeepStrictEqual(known.asked, given)) return conflict(options, name);
      if (known) return { status: 200, body: wireAccount(known) };
      return outOfRange(given) ?? blocked(faults) ?? opened(options, name, given);
    });
  return about(request, { operation: 'create', commit }, name);
}

/** 409: there is one under this number with other members. */
export function conflict({ books }: ChannelOptions, reference: string): Answer {
  const detail = 'the number was used with other members';
  books.violate(channel, reference, 'same_number_other_fields', detail);
  return refusal('NUMBER_CONFLICT', detail);
}

const longestMs = 31 * 86_400_000;

function outOfRange(given: AccountRequest): Answer | null {
  if (!isOffered(given.currency))
    return refusal('CURRENCY_NOT_OFFERED', `no accounts in ${given.currency}`);
  const minor = minorOf(given);
  if (minor < 1 || minor > amountMax)
    return refusal('AMOUNT_OUT_OF_RANGE', `1 to ${amountMax} minor units`);
  const life = Date.parse(given.expires_at) - clock.now();
  if (life > 0 && life <= longestMs) return null;
  return refusal('EXPIRY_OUT_OF_RANGE', 'in the future, at most 31 days ahead');
}

function opened(options: ChannelOptions, name: string, given: AccountRequest): Answer {
  const account = freshAccount(name, given);
  saveAccount(options.books, account);
  planEnd(options, account);
  return { status: 201, body: wireAccount(account) };
}

/** `GET /v1/virtual-accounts/{number}`. */
export function queryCall(request: Asked): Call {
  const { options, name } = request;
  const commit = () =>
    lookedUp(request, findAccount(options.books, name), accountUnknown, wireAccount);
  return about(request, { operation: 'query', commit }, name);
}

/** `POST /v1/virtual-accounts/{number}/closure`: whatever was credited, and again as often as asked. */
export function closeCall(request: Asked): Call {
  const { options, name } = request;
  const commit = (faults: ReadonlySet<FaultName>) =>
    asked(closureRequest, request, () => {
      if (faults.has('pay_during_close')) payMeanwhile(options, name);
      const account = findAccount(options.books, name);
      if (!account) return accountUnknown;
      return { status: 200, body: wireAccount(close(options.books, account)) };
    });
  return about(request, { operation: 'close', commit }, name);
}

/** The payer was faster: what is missing was credited just before. */
function payMeanwhile(options: ChannelOptions, name: string): void {
  const account = findAccount(options.books, name);
  if (!account || closedAt(account) !== null || missingOf(account) === 0) return;
  const { currency } = account.asked;
  bookCredit(options, account, { amount: missingOf(account), currency });
}
