import { errorOf, refusalOf } from '../../src/channels/adyen/failure.ts';
import { failureFrom as alipay } from '../../src/channels/alipay/refusal.ts';
import { failureFrom as bank, whyReturned } from '../../src/channels/bank-transfer/failure.ts';
import { failureFrom as paypal } from '../../src/channels/paypal/failure.ts';
import { failureFrom as stripe } from '../../src/channels/stripe/failure.ts';
import { failureFrom as unionpay } from '../../src/channels/unionpay/refusal.ts';
import { failureFrom as wechat } from '../../src/channels/wechat-pay/response.ts';
import { allowsFailover, type Failure, type FailureCode } from '../../src/domain/failure.ts';

const message = '原因';
const keyed = (code: string) => ({ code, key: code.replaceAll('_', ''), message });

/** How each channel's refusals are read, by its code. */
const readings: Readonly<Record<string, (code: string) => Failure>> = {
  'wechat-pay': (code) => wechat(keyed(code)),
  alipay: (code) => alipay({ code, key: code.replace(/^ACQ\./, ''), message }),
  stripe: (code) => stripe({ type: 'card_error', code: 'card_declined', decline_code: code, message }),
  'stripe, of a call': (code) => stripe({ type: 'invalid_request_error', code, message }),
  paypal: (issue) => paypal({ issue, message }),
  adyen: (code) => refusalOf({ code, words: message }).failure,
  'adyen, of a call': (code) => errorOf({ code, message, detail: code }).failure,
  'bank-transfer': (code) => bank({ code, message }),
  'bank-transfer, of a return': (code) => whyReturned(code),
}; // prettier-ignore

/**
 * What the vendors' documents list as a definite no (channels.md; docs/channels), as far as it is not answered otherwise, and what each
 * means: whether another account is asked and what the payer is told hangs on that.
 */
const meanings: Readonly<Record<string, Partial<Record<FailureCode, string>>>> = {
  'wechat-pay': {
    channel_unavailable: 'SIGN_ERROR NO_AUTH NOAUTH APPID_MCHID_NOT_MATCH MCH_NOT_EXISTS',
    insufficient_funds: 'NOT_ENOUGH NOTENOUGH',
    invalid_account: 'OPENID_MISMATCH USER_ACCOUNT_ABNORMAL',
    invalid_method: 'AUTH_CODE_EXPIRE AUTH_CODE_ERROR AUTH_CODE_INVALID',
    limit_exceeded: 'RULE_LIMIT RULELIMIT',
    not_permitted: 'TRADE_ERROR NOT_SUPORT_CARD NOTSUPPORTCARD',
    processing_error:
      'PARAM_ERROR INVALID_REQUEST ORDER_NOT_EXIST ORDERNOTEXIST RESOURCE_NOT_EXISTS',
  },
  alipay: {
    channel_unavailable:
      '20001 40006 isv.invalid-signature isv.invalid-app-id ACQ.ACCESS_FORBIDDEN',
    insufficient_funds:
      'ACQ.SELLER_BALANCE_NOT_ENOUGH ACQ.BUYER_BALANCE_NOT_ENOUGH ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH',
    invalid_method: 'ACQ.PAYMENT_AUTH_CODE_INVALID',
    limit_exceeded:
      'ACQ.TOTAL_FEE_EXCEED ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR',
    not_permitted:
      'ACQ.TRADE_STATUS_ERROR ACQ.REASON_TRADE_STATUS_INVALID ACQ.TRADE_HAS_FINISHED ACQ.REFUND_AMT_NOT_EQUAL_TOTAL ' +
      'ACQ.REASON_TRADE_REFUND_FEE_ERR',
    processing_error:
      '40001 40002 40004 ACQ.DISCORDANT_REPEAT_REQUEST ACQ.TRADE_NOT_EXIST ACQ.INVALID_PARAMETER',
    risk_blocked: 'ACQ.PAYMENT_REQUEST_HAS_RISK',
  },
  stripe: {
    authentication_failed:
      'incorrect_pin offline_pin_required online_or_offline_pin_required authentication_required',
    card_declined:
      'call_issuer do_not_honor do_not_try_again duplicate_transaction generic_decline no_action_taken not_permitted ' +
      'revocation_of_all_authorizations revocation_of_authorization security_violation service_not_allowed stop_payment_order ' +
      'testmode_decline transaction_not_allowed',
    expired_card: 'expired_card',
    fraud_suspected: 'fraudulent',
    insufficient_funds: 'insufficient_funds',
    invalid_account:
      'incorrect_number incorrect_cvc incorrect_zip invalid_account invalid_cvc invalid_expiry_month invalid_expiry_year ' +
      'invalid_number new_account_information_available',
    issuer_unavailable: 'issuer_not_available',
    limit_exceeded:
      'card_velocity_exceeded invalid_amount pin_try_exceeded withdrawal_count_limit_exceeded',
    lost_or_stolen: 'lost_card pickup_card restricted_card stolen_card',
    not_permitted: 'card_not_supported currency_not_supported',
    processing_error: 'approve_with_id processing_error reenter_transaction try_again_later',
    risk_blocked: 'merchant_blacklist',
  },
  'stripe, of a call': {
    card_declined: 'card_declined',
    channel_unavailable: 'api_key_expired',
    invalid_method: 'token_already_used',
    limit_exceeded: 'amount_too_large amount_too_small',
  },
  paypal: {
    card_declined: 'INSTRUMENT_DECLINED',
    channel_unavailable: 'PAYEE_ACCOUNT_RESTRICTED PERMISSION_DENIED',
    processing_error: 'INVALID_REQUEST UNPROCESSABLE_ENTITY',
    risk_blocked: 'COMPLIANCE_VIOLATION',
  },
  adyen: {
    authentication_failed: '11 17 19 33 36 38 39 41 42 43',
    card_declined: '2 3 23 24 26 27 32',
    expired_card: '6',
    fraud_suspected: '14 20 22 31',
    insufficient_funds: '12',
    invalid_account: '8 34 35',
    invalid_method: '10 37 40 44 45',
    issuer_unavailable: '9',
    limit_exceeded: '7 18 28 29',
    lost_or_stolen: '5 25',
    payer_canceled: '15 16',
    processing_error: '4 21',
    risk_blocked: '46',
  },
  'adyen, of a call': {
    authentication_failed: '103',
    channel_unavailable: '010 901',
    expired_card: '129',
    invalid_account: '101',
    invalid_method: '138 174 800 803',
    limit_exceeded: '100 137',
    processing_error: '130',
  },
  'bank-transfer': {
    channel_unavailable: 'SIGNATURE_INVALID NOT_PERMITTED CUSTOMER_BLOCKED',
    insufficient_funds: 'INSUFFICIENT_BALANCE',
    invalid_method: 'CURRENCY_NOT_OFFERED',
    limit_exceeded: 'AMOUNT_OUT_OF_RANGE',
    not_permitted: 'VIRTUAL_ACCOUNT_UNKNOWN CREDIT_UNKNOWN RETURN_EXCEEDS_CREDIT',
    processing_error:
      'ROUTE_UNKNOWN METHOD_NOT_ALLOWED BODY_TOO_LARGE MEDIA_TYPE SIGNATURE_STALE MALFORMED RETURN_UNKNOWN STATEMENT_UNKNOWN ' +
      'EXPIRY_OUT_OF_RANGE',
  },
  'bank-transfer, of a return': {
    invalid_account: 'AC01 AC04 AC06',
    not_permitted: 'AG01 RR04',
    processing_error: 'FF01 MS03',
  },
  unionpay: {
    authentication_failed: '65 66 67 71',
    card_declined: '30 60',
    channel_unavailable: '02 11 31 32 39',
    expired_card: '73',
    insufficient_funds: '64',
    invalid_account: '61 63',
    invalid_method: '40 72 77',
    limit_exceeded: '33',
    not_permitted: '35 36 62 68 78',
    payer_canceled: '69',
    processing_error: '01 10 13 14 41 98 99',
    risk_blocked: '38',
  },
};

/** Each code with its meaning. */
const listed = (name: string) =>
  Object.entries(meanings[name] ?? {}).flatMap(([meaning, codes]) =>
    codes.split(' ').map((code) => [code, meaning] as const),
  );

describe.each(Object.entries(readings))('a refusal of %s', (name, read) => {
  test.each(listed(name))('by %s is %s', (code, meaning) => {
    expect(read(code)).toMatchObject({ code: meaning, channel_code: code });
    expect(read(code).is_unmapped).toBeUndefined();
  });

  test('by a code of tomorrow is marked, kept in its own words, and moves nothing', () => {
    const failure = read('9_OF_TOMORROW');
    expect(failure).toMatchObject({ channel_code: '9_OF_TOMORROW', is_unmapped: true });
    expect(failure.code).toBe(name === 'stripe' ? 'card_declined' : 'processing_error');
    expect(allowsFailover(failure)).toBe(false);
  });
});

test.each(listed('unionpay'))('a refusal of unionpay by %s is %s', (code, meaning) => {
  expect(unionpay(code, message)).toMatchObject({ code: meaning, channel_code: code });
});

test('a code that UnionPay does not list is no refusal, for it says nothing certain', () => {
  for (const code of ['00', '03', '34', 'ZZ', '', 'constructor']) expect(unionpay(code, message)).toBeNull();
}); // prettier-ignore
