/** Why an issuer, an acquirer or a payer would not: Adyen's code, and its words for it. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** `refusalReasonCode` and `refusalReason` (docs.adyen.com/development-resources/refusal-reasons). */
const reasons: Readonly<Record<string, string>> = {
  2: 'Refused',
  3: 'Referral',
  4: 'Acquirer Error',
  5: 'Blocked Card',
  6: 'Expired Card',
  7: 'Invalid Amount',
  8: 'Invalid Card Number',
  9: 'Issuer Unavailable',
  10: 'Not supported',
  11: '3D Not Authenticated',
  12: 'Not enough balance',
  14: 'Acquirer Fraud',
  15: 'Cancelled',
  16: 'Shopper Cancelled',
  17: 'Invalid Pin',
  18: 'Pin tries exceeded',
  19: 'Pin validation not possible',
  20: 'FRAUD',
  21: 'Not Submitted',
  22: 'FRAUD-CANCELLED',
  23: 'Transaction Not Permitted',
  24: 'CVC Declined',
  25: 'Restricted Card',
  26: 'Revocation Of Auth',
  27: 'Declined Non Generic',
  28: 'Withdrawal amount exceeded',
  29: 'Withdrawal count exceeded',
  31: 'Issuer Suspected Fraud',
  32: 'AVS Declined',
  33: 'Card requires online pin',
  34: 'No checking account available on Card',
  35: 'No savings account available on Card',
  36: 'Mobile pin required',
  37: 'Contactless fallback',
  38: 'Authentication required',
  39: 'RReq not received from DS',
  40: 'Current AID is in Penalty Box.',
  41: 'CVM Required Restart Payment',
  42: '3DS Authentication Error',
  46: 'Transaction blocked by Adyen to prevent excessive retry fees',
};

/** The codes that there are. */
export const refusalCodes = Object.keys(reasons);

/**
 * A refusal by its code, or null when there is none of that code.
 *
 * @param code `refusalReasonCode`
 */
export function refusalOf(code: string): Refusal | null {
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return reason === undefined ? null : { code, reason };
}

/** The payer did not prove that the card is his. */
export const notAuthenticated: Refusal = { code: '11', reason: '3D Not Authenticated' };
/** The payer pressed cancel. */
export const shopperCancelled: Refusal = { code: '16', reason: 'Shopper Cancelled' };
/** The merchant cancelled it before the payer came back. */
export const cancelled: Refusal = { code: '15', reason: 'Cancelled' };

const ofError = ['4', '7', '9', '21', '42'];
const ofCancel = ['15', '16', '22', '26'];

/** The `resultCode` that a refusal comes with. */
export function resultCodeOf({ code }: Refusal): 'Refused' | 'Cancelled' | 'Error' {
  if (ofCancel.includes(code)) return 'Cancelled';
  return ofError.includes(code) ? 'Error' : 'Refused';
}
