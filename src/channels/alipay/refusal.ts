import { z } from 'zod';

import { type Failure, failureBy, type FailureCode } from '../../domain/failure.ts';
import { read } from '../text.ts';
import type { Spoken } from './request.ts';

/** A refusal: `key` is the channel's code without its prefix, of which three spellings are live (channels.md 2.5). */
export interface Refusal {
  readonly code: string;
  readonly key: string;
  readonly message: string | null;
}

const said = z.object({
  code: z.string(),
  msg: z.string().nullish(),
  sub_code: z.string().nullish(),
  sub_msg: z.string().nullish(),
});

/** Every `code` of channels.md 2.1 and what it says of the call; one that is not listed says nothing certain. */
const codes = new Map<string, 'done' | 'pending' | 'unknown' | 'refused' | 'never_sent'>([
  ['10000', 'done'],
  ['10003', 'pending'], // made, and the payer is paying
  ['20000', 'unknown'], // "service unavailable": it may have happened
  ['20001', 'refused'], // authorization
  ['40001', 'refused'], // a parameter is missing
  ['40002', 'refused'], // a parameter is wrong, the signature among them
  ['40004', 'refused'], // business, by its `sub_code`
  ['40005', 'never_sent'], // called too often: refused before anything was done
  ['40006', 'refused'], // permission
]);

/** "Same parameters again" (channels.md 2.5): it may have happened. */
const undecided = new Set(['SYSTEM_ERROR']);

/** What a signed answer says of the call. */
export function verdictOf(answer: string): Spoken {
  const found = read(said, answer);
  const kind = codes.get(found?.code ?? '');
  if (kind === 'done') return { kind, answer };
  if (kind === 'pending') return { kind };
  const code = found?.sub_code || found?.code || 'without a code';
  const key = code.replace(/^(aop\.)?(ACQ|AQC)\./, '');
  if (kind === 'never_sent') return { kind, detail: code };
  if (kind !== 'refused' || undecided.has(key)) return { kind: 'unknown', detail: code };
  const message = found?.sub_msg || found?.msg || null;
  return { kind, refusal: { code, key, message } };
}

/** These refuse the number, not the order: it exists, so the channel is asked what became of it. */
const numberTaken = new Set(['TRADE_HAS_SUCCESS', 'TRADE_HAS_CLOSE', 'CONTEXT_INCONSISTENT']);

/** Does this say only that the number was used before? */
export function isNumberTaken({ key }: Refusal): boolean {
  return numberTaken.has(key);
}

/** Definite refusals by their code; one that is not listed is a `processing_error`, and is told. */
const failureCodes = new Map<string, FailureCode>([
  ['20001', 'channel_unavailable'],
  ['40006', 'channel_unavailable'],
  ['isv.invalid-signature', 'channel_unavailable'],
  ['isv.invalid-app-id', 'channel_unavailable'],
  ['ACCESS_FORBIDDEN', 'channel_unavailable'], // the product is not signed for
  ['TOTAL_FEE_EXCEED', 'limit_exceeded'],
  ['PAYMENT_AUTH_CODE_INVALID', 'invalid_method'], // of a barcode that the payer presents
  ['BUYER_BALANCE_NOT_ENOUGH', 'insufficient_funds'],
  ['BUYER_BANKCARD_BALANCE_NOT_ENOUGH', 'insufficient_funds'],
  ['BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR', 'limit_exceeded'],
  ['BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR', 'limit_exceeded'],
  ['PAYMENT_REQUEST_HAS_RISK', 'risk_blocked'],
  ['SELLER_BALANCE_NOT_ENOUGH', 'insufficient_funds'], // the merchant's, when a refund is asked for: held and repeated
  ['TRADE_HAS_FINISHED', 'not_permitted'], // the time for refunds is over
  ['TRADE_STATUS_ERROR', 'not_permitted'],
  ['REASON_TRADE_STATUS_INVALID', 'not_permitted'],
  ['REFUND_AMT_NOT_EQUAL_TOTAL', 'not_permitted'],
  ['REASON_TRADE_REFUND_FEE_ERR', 'not_permitted'], // more than is left
  ['40001', 'processing_error'],
  ['40002', 'processing_error'],
  ['40004', 'processing_error'],
  ['INVALID_PARAMETER', 'processing_error'],
  ['TRADE_NOT_EXIST', 'processing_error'],
  ['DISCORDANT_REPEAT_REQUEST', 'processing_error'],
]);

/** The channel's refusal in the words of our catalogue, its own beside them. */
export function failureFrom({ code, key, message }: Refusal): Failure {
  return failureBy(failureCodes.get(key), { code, message });
}
