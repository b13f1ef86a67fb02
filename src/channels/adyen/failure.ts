import { failureBy, type FailureCode } from '../../domain/failure.ts';
import type { Declined } from '../../domain/outcome.ts';
import { redact } from './redaction.ts';
import type { Refusal } from './request.ts';

/**
 * Every refusal of Adyen (docs: refusal reasons): its number, its words and what it means here. An answer bears the number, a
 * notice the words alone.
 */
const reasons: readonly (readonly [string, string, FailureCode])[] = [
  ['2', 'Refused', 'card_declined'],
  ['3', 'Referral', 'card_declined'],
  ['4', 'Acquirer Error', 'processing_error'],
  ['5', 'Blocked Card', 'lost_or_stolen'],
  ['6', 'Expired Card', 'expired_card'],
  ['7', 'Invalid Amount', 'limit_exceeded'],
  ['8', 'Invalid Card Number', 'invalid_account'],
  ['9', 'Issuer Unavailable', 'issuer_unavailable'],
  ['10', 'Not supported', 'invalid_method'],
  ['11', '3D Not Authenticated', 'authentication_failed'],
  ['12', 'Not enough balance', 'insufficient_funds'],
  ['14', 'Acquirer Fraud', 'fraud_suspected'],
  ['15', 'Cancelled', 'payer_canceled'],
  ['16', 'Shopper Cancelled', 'payer_canceled'],
  ['17', 'Invalid Pin', 'authentication_failed'],
  ['18', 'Pin tries exceeded', 'limit_exceeded'],
  ['19', 'Pin validation not possible', 'authentication_failed'],
  ['20', 'FRAUD', 'fraud_suspected'],
  ['21', 'Not Submitted', 'processing_error'],
  ['22', 'FRAUD-CANCELLED', 'fraud_suspected'],
  ['23', 'Transaction Not Permitted', 'card_declined'], // by his bank, as at Stripe: `not_permitted` would be our account there
  ['24', 'CVC Declined', 'card_declined'],
  ['25', 'Restricted Card', 'lost_or_stolen'],
  ['26', 'Revocation Of Auth', 'card_declined'],
  ['27', 'Declined Non Generic', 'card_declined'],
  ['28', 'Withdrawal amount exceeded', 'limit_exceeded'],
  ['29', 'Withdrawal count exceeded', 'limit_exceeded'],
  ['31', 'Issuer Suspected Fraud', 'fraud_suspected'],
  ['32', 'AVS Declined', 'card_declined'],
  ['33', 'Card requires online pin', 'authentication_failed'],
  ['34', 'No checking account available on Card', 'invalid_account'],
  ['35', 'No savings account available on Card', 'invalid_account'],
  ['36', 'Mobile pin required', 'authentication_failed'],
  ['37', 'Contactless fallback', 'invalid_method'],
  ['38', 'Authentication required', 'authentication_failed'],
  ['39', 'RReq not received from DS', 'authentication_failed'],
  ['40', 'Current AID is in Penalty Box', 'invalid_method'],
  ['41', 'CVM Required Restart Payment', 'authentication_failed'],
  ['42', '3DS Authentication Error', 'authentication_failed'],
  ['43', 'Online PIN required', 'authentication_failed'],
  ['44', 'Try another interface', 'invalid_method'],
  ['45', 'Chip downgrade mode', 'invalid_method'],
  ['46', 'Transaction blocked by Adyen to prevent excessive retry fees', 'risk_blocked'],
];

const wordsOf = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const byCode = new Map(reasons.map(([code, , meaning]) => [code, meaning]));
const byWords = new Map(reasons.map(([, words, meaning]) => [wordsOf(words), meaning]));

/** What Adyen says of a refused payment: of an answer its number and words, of a notice the words. */
export interface Reason {
  readonly code?: string | null | undefined;
  readonly words?: string | null | undefined;
}

/** Adyen's refusal in the words of our catalogue, its own beside them; one that is not listed is a `processing_error`, and is told. */
export function refusalOf({ code, words }: Reason): Declined {
  const meaning = byCode.get(code ?? '') ?? byWords.get(wordsOf(words ?? ''));
  const channel = { code: code ?? words ?? null, message: words ? redact(words) : null };
  return { kind: 'declined', failure: failureBy(meaning, channel) };
}

/** Error codes of its API (docs: error codes) by what they mean here; what is wrong with our request is a `processing_error`. */
const errors: Readonly<Record<string, FailureCode>> = {
  '010': 'channel_unavailable',
  '100': 'limit_exceeded', // no amount specified
  '101': 'invalid_account',
  '103': 'authentication_failed',
  '129': 'expired_card',
  '130': 'processing_error',
  '137': 'limit_exceeded', // invalid amount
  '138': 'invalid_method', // unsupported currency
  '174': 'invalid_method',
  '800': 'invalid_method', // contract not found: the stored token
  '803': 'invalid_method', // payment details not found
  '901': 'channel_unavailable', // invalid merchant account
};

/** A request that Adyen did not take. */
export function errorOf({ code, message }: Refusal, meaning = errors[code]): Declined {
  const channel = { code, message: message && redact(message) };
  return { kind: 'declined', failure: failureBy(meaning, channel) };
}
