import { errorOf, refusalOf } from '../../src/channels/adyen/failure.ts';
import { failureFrom as alipay } from '../../src/channels/alipay/refusal.ts';
import { failureFrom as bank, whyReturned } from '../../src/channels/bank-transfer/failure.ts';
import { failureFrom as paypal } from '../../src/channels/paypal/failure.ts';
import { failureFrom as stripe } from '../../src/channels/stripe/failure.ts';
import { failureFrom as wechat } from '../../src/channels/wechat-pay/response.ts';
import { allowsFailover, type Failure } from '../../src/domain/failure.ts';

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

/** What the vendors' documents list as a definite no (channels.md; docs/channels), as far as it is not answered otherwise. */
const listed: Readonly<Record<string, string>> = {
  'wechat-pay':
    'PARAM_ERROR INVALID_REQUEST SIGN_ERROR NO_AUTH NOAUTH APPID_MCHID_NOT_MATCH MCH_NOT_EXISTS RULE_LIMIT RULELIMIT TRADE_ERROR ' +
    'ORDER_NOT_EXIST ORDERNOTEXIST OPENID_MISMATCH NOT_ENOUGH NOTENOUGH USER_ACCOUNT_ABNORMAL RESOURCE_NOT_EXISTS ' +
    'AUTH_CODE_EXPIRE AUTH_CODE_ERROR AUTH_CODE_INVALID',
  alipay:
    '20001 40001 40002 40004 40006 ACQ.TRADE_STATUS_ERROR ACQ.REASON_TRADE_STATUS_INVALID ACQ.TRADE_HAS_FINISHED ' +
    'ACQ.DISCORDANT_REPEAT_REQUEST ACQ.REFUND_AMT_NOT_EQUAL_TOTAL ACQ.SELLER_BALANCE_NOT_ENOUGH ACQ.TRADE_NOT_EXIST ' +
    'ACQ.INVALID_PARAMETER ACQ.ACCESS_FORBIDDEN ACQ.TOTAL_FEE_EXCEED ACQ.PAYMENT_AUTH_CODE_INVALID ACQ.BUYER_BALANCE_NOT_ENOUGH',
  stripe:
    'approve_with_id call_issuer card_not_supported card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again ' +
    'duplicate_transaction expired_card fraudulent generic_decline incorrect_number incorrect_cvc incorrect_pin incorrect_zip ' +
    'insufficient_funds invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number ' +
    'issuer_not_available lost_card merchant_blacklist new_account_information_available no_action_taken not_permitted ' +
    'offline_pin_required online_or_offline_pin_required pickup_card pin_try_exceeded processing_error reenter_transaction ' +
    'restricted_card revocation_of_all_authorizations revocation_of_authorization security_violation service_not_allowed ' +
    'stolen_card stop_payment_order testmode_decline transaction_not_allowed try_again_later withdrawal_count_limit_exceeded ' +
    'authentication_required',
  'stripe, of a call': 'card_declined api_key_expired amount_too_large amount_too_small token_already_used',
  paypal: 'INSTRUMENT_DECLINED COMPLIANCE_VIOLATION PAYEE_ACCOUNT_RESTRICTED INVALID_REQUEST UNPROCESSABLE_ENTITY PERMISSION_DENIED',
  adyen: Array.from({ length: 46 }, (_, at) => String(at + 1)).filter((code) => !['1', '13', '30'].includes(code)).join(' '),
  'adyen, of a call': '010 100 101 103 129 130 137 138 174 800 803 901',
  'bank-transfer':
    'ROUTE_UNKNOWN METHOD_NOT_ALLOWED BODY_TOO_LARGE MEDIA_TYPE SIGNATURE_INVALID SIGNATURE_STALE MALFORMED NOT_PERMITTED ' +
    'VIRTUAL_ACCOUNT_UNKNOWN RETURN_UNKNOWN STATEMENT_UNKNOWN CURRENCY_NOT_OFFERED AMOUNT_OUT_OF_RANGE EXPIRY_OUT_OF_RANGE ' +
    'CUSTOMER_BLOCKED CREDIT_UNKNOWN RETURN_EXCEEDS_CREDIT INSUFFICIENT_BALANCE',
  'bank-transfer, of a return': 'AC01 AC04 AC06 AG01 RR04 FF01 MS03',
}; // prettier-ignore

describe.each(Object.entries(readings))('a refusal of %s', (name, read) => {
  test.each((listed[name] ?? '').split(' '))('by %s is one that we know', (code) => {
    expect(read(code)).toMatchObject({ channel_code: code });
    expect(read(code).is_unmapped).toBeUndefined();
  });

  test('by a code of tomorrow is marked, kept in its own words, and moves nothing', () => {
    const failure = read('9_OF_TOMORROW');
    expect(failure).toMatchObject({ channel_code: '9_OF_TOMORROW', is_unmapped: true });
    expect(failure.code).toBe(name === 'stripe' ? 'card_declined' : 'processing_error');
    expect(allowsFailover(failure)).toBe(false);
  });
});
