import { z } from 'zod';

import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import { unionpayKeys as keys } from './keys.ts';
import { nameOf } from './number.ts';
import { isMerchants } from './signature.ts';
import { channel, fromBeijing, responded, type Said } from './wording.ts';

/** A request as it came: the members of its form, each once. */
export interface Asked {
  readonly path: string;
  readonly members: ReadonlyMap<string, string>;
}

/**
 * Reads a request.
 *
 * @param body a form, as it came
 */
export function read(path: string, body: string): Asked {
  return { path, members: new Map(new URLSearchParams(body)) };
}

/** A member, '' when it is none. */
export function member({ members }: Asked, name: string): string {
  return members.get(name) ?? '';
}

/** The number that it is about, as the books name it. */
export function numberOf(asked: Asked): string {
  return nameOf(member(asked, 'orderId'));
}

/** What was asked, without what only proves who asks. */
export function askedOf({ members }: Asked): Said {
  const proof = ['signature', 'certId'];
  return Object.fromEntries([...members].filter(([name]) => !proof.includes(name)));
}

const echoed = [
  'version', 'encoding', 'accessType', 'merId', 'txnType', 'txnSubType', 'bizType', 'orderId', 'txnTime',
] as const; // prettier-ignore

/** What every answer repeats of what was asked. */
export function echo(asked: Asked): Said {
  const members = echoed.map((name) => [name, member(asked, name)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== ''));
}

/** The form of what every request has. */
const forms: Readonly<Record<string, RegExp>> = {
  version: /^5\.1\.0$/,
  encoding: /^UTF-8$/i,
  signMethod: /^01$/,
  accessType: /^0$/,
  merId: /^\d{15}$/,
  txnType: /^\d\d$/,
  txnSubType: /^\d\d$/,
  bizType: /^\d{6}$/,
  orderId: /^[0-9A-Za-z]{8,32}$/,
  txnTime: /^\d{14}$/,
};

/**
 * Why the gateway would not have a request, or null when it is the merchant's and well formed. One that is not his is
 * a violation. The age of `txnTime` is looked at where something is to be made of it.
 */
export function complaint(books: Books, asked: Asked): Said | null {
  const violated = (detail: string) =>
    books.violate(channel, numberOf(asked), 'unsigned_request', detail);
  if (member(asked, 'signature') === '') {
    violated('no signature');
    return responded('11', 'no signature');
  }
  if (!isMerchants(asked.members)) {
    violated('the signature does not fit the merchant’s certificate');
    return responded('11');
  }
  const wanted = Object.entries(forms).filter(([name]) => isWanted(asked, name));
  const missing = wanted.find(([name]) => member(asked, name) === '');
  if (missing) return responded('13', missing[0]);
  const wrong = wanted.find(([name, form]) => !form.test(member(asked, name)));
  if (wrong) return responded('10', wrong[0]);
  return member(asked, 'merId') === keys.mer_id ? null : responded('31');
}

/** A file is of no order. */
function isWanted(asked: Asked, name: string): boolean {
  return name !== 'orderId' || member(asked, 'txnType') !== '76';
}

/** So far `txnTime` may be off. UnionPay demands the time of sending and does not say how exactly. */
const toleranceMs = 15 * 60_000;

/**
 * Why a message is not taken that should have been sent now, by its `txnTime`, or null. Who moves the sandbox's clock ahead does not move
 * the merchant's, so the machine's own is as good.
 */
export function untimely(said: Said): Said | null {
  const at = fromBeijing(said['txnTime'] ?? '');
  const isNow = at >= Date.now() - toleranceMs && at <= clock.now() + toleranceMs;
  return isNow ? null : responded('10', 'txnTime无效');
}

/** Fen: whole, from one up. */
export const fen = z
  .string()
  .regex(/^[1-9]\d{0,11}$/, 'txnAmt')
  .transform(Number);

/** A form that UnionPay cannot accept, by the first member that is wrong. */
export function invalid({ issues: [issue] }: z.ZodError): Said {
  return responded('10', issue?.path.join('.'));
}
