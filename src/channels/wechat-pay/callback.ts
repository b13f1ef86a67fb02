import { z } from 'zod';

import type { CallbackReading, RawCallback } from '../channel.ts';
import type { Account } from './account.ts';
import { answerOf, read, readRefund, readTransaction, refundAnswerOf } from './response.ts';
import { decrypt, verification } from './signature.ts';

const notice = z.object({
  id: z.string().min(1),
  event_type: z.string(),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string().min(1),
    nonce: z.string().min(1),
    associated_data: z.string().nullish().transform((text) => text ?? ''),
  }),
}); // prettier-ignore

const owner = z.object({ mchid: z.string(), appid: z.string().optional() });

/** Verifies the raw bytes, decrypts and reads a callback (channels.md 1.2, 1.3). The amount is compared by the caller. */
export function readCallback(account: Account, callback: RawCallback, now: Date): CallbackReading {
  const trust = verification(account, callback.headers, callback.body, now);
  if (trust !== 'genuine') return { kind: trust, detail: `the signature is ${trust}` };
  const read_ = read(notice, callback.body.toString('utf8'));
  if (!read_) return { kind: 'meaningless', detail: 'signed, but not a notice' };
  const text = decrypt(account, read_.resource);
  if (text === null) return { kind: 'forged', detail: 'the ciphertext was tampered with' };
  const whose = read(owner, text);
  if (
    whose &&
    (whose.mchid !== account.mchid || (whose.appid ?? account.appid) !== account.appid)
  ) {
    return { kind: 'foreign', detail: `a notice for merchant ${whose.mchid}` };
  }
  return read_.event_type.startsWith('REFUND.')
    ? ofRefund(read_.id, text)
    : ofAttempt(account, read_, text);
}

function ofRefund(event: string, text: string): CallbackReading {
  const found = readRefund(text);
  const answer = found && refundAnswerOf(found, found.out_refund_no);
  if (answer?.kind !== 'refund')
    return { kind: 'meaningless', detail: 'a refund notice that cannot be read' };
  return { kind: 'refund', event, reference: found?.out_refund_no ?? '', answer };
}

function ofAttempt(
  account: Account,
  { id: event, event_type }: { id: string; event_type: string },
  text: string,
): CallbackReading {
  const found = event_type.startsWith('TRANSACTION.') ? readTransaction(text) : null;
  const answer = found && answerOf(found, account, found.out_trade_no);
  if (!found || !answer || answer.kind === 'unknown') {
    return { kind: 'meaningless', detail: `a notice ${event_type} that cannot be read` };
  }
  return { kind: 'attempt', event, reference: found.out_trade_no, answer };
}
