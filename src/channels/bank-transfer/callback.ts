import { z } from 'zod';

import { equal } from '../../domain/money.ts';
import type { Changed, QueryAnswer } from '../../domain/outcome.ts';
import type { CallbackReading, RawCallback } from '../callback.ts';
import { read } from '../text.ts';
import type { Account } from './account.ts';
import { fromWire } from './money.ts';
import { answerOf as answerOfReturn } from './refund.ts';
import { type VirtualAccount, virtualAccount, type WireReturn, wireReturn } from './response.ts';
import { verification } from './signature.ts';
import { receiptsOf } from './virtual-account.ts';

const envelope = z.object({ id: z.string().min(1), type: z.string().min(1), customer: z.string() });
const creditBooked = z.object({ virtual_account: virtualAccount });
const returnMoved = z.object({ return: wireReturn });
const returnTypes = new Set(['return.booked', 'return.bounced', 'return.rejected']);

/** Verifies the raw bytes and reads a notice (section 4). The amount is compared by the caller. */
export function readCallback(account: Account, callback: RawCallback, now: Date): CallbackReading {
  const { headers, body } = callback;
  const first = ['content-type', headers['content-type'] ?? ''] as const;
  const trust = verification(account, { headers, body, first }, now);
  if (trust !== 'genuine') return { kind: trust, detail: `the signature is ${trust}` };
  const text = body.toString('utf8');
  const told = read(envelope, text);
  if (!told) return meaningless('signed, but not an event');
  if (told.customer !== account.customer) return foreign(told.customer);
  if (told.type === 'credit.booked') return ofCredit(told.id, read(creditBooked, text), account);
  if (returnTypes.has(told.type)) return ofReturn(told.id, read(returnMoved, text), account);
  return { kind: 'irrelevant', event: told.id, detail: `nothing is learned from ${told.type}` };
}

function ofCredit(
  event: string,
  told: { virtual_account: VirtualAccount } | null,
  { customer }: Account,
): CallbackReading {
  if (!told) return meaningless('without a readable virtual account');
  const { virtual_account: found } = told;
  if (found.customer !== customer) return foreign(found.customer);
  return { kind: 'attempt', event, reference: found.number, answer: evidenceIn(found) };
}

/**
 * One credit that is exactly the order pays it, or is late. Any other leaves it to the question: how much is missing the
 * list at the bank tells better than one notice of several, in whatever order they come (decision 0031).
 */
function evidenceIn(found: VirtualAccount): QueryAnswer | Changed {
  const [receipt, ...others] = receiptsOf(found) ?? [];
  const order = fromWire(found.amount, found.currency);
  const isAll = receipt && order && others.length === 0 && equal(receipt, order);
  return isAll ? { kind: 'approved', receipt } : { kind: 'changed' };
}

function ofReturn(
  event: string,
  told: { return: WireReturn } | null,
  { customer }: Account,
): CallbackReading {
  if (!told) return meaningless('without a readable return');
  const { return: found } = told;
  if (found.customer !== customer) return foreign(found.customer);
  const answer = answerOfReturn(found);
  if (answer.kind !== 'refund') return meaningless('a return in no state that we know');
  return { kind: 'refund', event, reference: found.number, answer };
}

function foreign(customer: string): CallbackReading {
  return { kind: 'foreign', detail: `a notice for the customer ${customer}` };
}

function meaningless(detail: string): CallbackReading {
  return { kind: 'meaningless', detail };
}
