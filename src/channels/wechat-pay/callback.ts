import { z } from 'zod';

import type { CallbackReading, RawCallback } from '../callback.ts';
import { read } from '../text.ts';
import type { Account } from './account.ts';
import { readRefund, refundAnswerOf } from './refund.ts';
import { decrypt, verification } from './signature.ts';
import { answerOf, readTransaction } from './transaction.ts';

const envelope = z.object({
  id: z.string().min(1),
  event_type: z.string(),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string().min(1),
    nonce: z.string().min(1),
    associated_data: z.string().nullish().transform((text) => text ?? ''),
  }),
}); // prettier-ignore

/** A refund's notice names no appid. */
const owner = z.object({ mchid: z.string(), appid: z.string().nullish() });

/** Verifies the raw bytes, decrypts and reads a callback (channels.md 1.2, 1.3). The amount is compared by the caller. */
export function readCallback(account: Account, callback: RawCallback, now: Date): CallbackReading {
  const trust = verification(account, callback.headers, callback.body, now);
  if (trust !== 'genuine') return { kind: trust, detail: `the signature is ${trust}` };
  const notice = read(envelope, callback.body.toString('utf8'));
  if (!notice) return meaningless('signed, but not a notice');
  const text = decrypt(account, notice.resource);
  if (text === null) return { kind: 'forged', detail: 'the ciphertext was tampered with' };
  const whose = read(owner, text);
  if (!whose) return meaningless('a notice for nobody');
  if (whose.mchid !== account.mchid || (whose.appid ?? account.appid) !== account.appid)
    return { kind: 'foreign', detail: `a notice for merchant ${whose.mchid}, ${whose.appid}` };
  return notice.event_type.startsWith('REFUND.')
    ? ofRefund(notice.id, text)
    : ofAttempt(account, notice.id, text);
}

function ofRefund(event: string, text: string): CallbackReading {
  const found = readRefund(text);
  const answer = found && refundAnswerOf(found);
  if (answer?.kind !== 'refund') return meaningless('a refund notice that cannot be read');
  return { kind: 'refund', event, reference: found?.out_refund_no ?? '', answer };
}

/** Only what was paid is notified (channels.md 1.3), and only that is for ever true: the rest is asked for. */
function ofAttempt(account: Account, event: string, text: string): CallbackReading {
  const found = readTransaction(text);
  const answer = found && answerOf(found, account, found.out_trade_no);
  if (answer?.kind !== 'approved') return meaningless('a notice that tells of no payment');
  return { kind: 'attempt', event, reference: found?.out_trade_no ?? '', answer };
}

function meaningless(detail: string): CallbackReading {
  return { kind: 'meaningless', detail };
}
