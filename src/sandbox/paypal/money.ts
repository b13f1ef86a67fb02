import type { Issue } from './wording.ts';

/** An amount on the wire. */
export interface Money {
  readonly currency_code: string;
  readonly value: string;
}

/** The currencies that PayPal takes. */
const currencies =
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(
    ' ',
  );

/** Those that it takes without decimals: ISO 4217 has two for all of them but the yen. */
const wholeOnly = ['HUF', 'JPY', 'TWD'];

const isoDecimals = (currency: string) => (currency === 'JPY' ? 0 : 2);
const wireDecimals = (currency: string) => (wholeOnly.includes(currency) ? 0 : 2);

/** The least difference of two amounts, in ISO 4217 minor units. */
export function step(currency: string): number {
  return 10 ** (isoDecimals(currency) - wireDecimals(currency));
}

/**
 * An amount of the wire in ISO 4217 minor units, as the books have it, or what PayPal dislikes about it.
 *
 * @param money with a value that is a decimal number
 */
export function minorOf({ currency_code, value }: Money): number | { readonly issue: Issue } {
  if (!currencies.includes(currency_code)) return { issue: 'INVALID_CURRENCY_CODE' };
  if (value.startsWith('-')) return { issue: 'CANNOT_BE_NEGATIVE' };
  const [whole = '', decimals = ''] = value.split('.', 2);
  if (decimals.length > wireDecimals(currency_code))
    return { issue: decimals.length > 2 ? 'DECIMAL_PRECISION' : 'DECIMALS_NOT_SUPPORTED' };
  const minor = Number(whole + decimals.padEnd(isoDecimals(currency_code), '0'));
  if (minor === 0) return { issue: 'CANNOT_BE_ZERO_OR_NEGATIVE' };
  return Number.isSafeInteger(minor) ? minor : { issue: 'MAX_VALUE_EXCEEDED' };
}

/**
 * The same amount on the wire: "10.00", and "10" where there are no decimals.
 *
 * @param minor in ISO 4217 minor units
 */
export function money(minor: number, currency_code: string): Money {
  const value = (minor / 10 ** isoDecimals(currency_code)).toFixed(wireDecimals(currency_code));
  return { currency_code, value };
}

/** What an order, a capture or a refund comes to; a fee is no such amount. */
const amounts = [
  'amount',
  'gross_amount',
  'net_amount',
  'total_refunded_amount',
  'dispute_amount',
  'amount_refunded',
];

/**
 * The same with another amount wherever there is one.
 *
 * @param said anything that goes over the wire; an error says no amount
 */
export function withAmounts<Said>(said: Said, other: (money: Money) => Money): Said {
  return rewritten(said, other) as Said;
}

function rewritten(said: unknown, other: (money: Money) => Money): unknown {
  if (Array.isArray(said)) return said.map((one: unknown) => rewritten(one, other));
  if (typeof said !== 'object' || said === null) return said;
  const member = ([name, value]: [string, unknown]) => [
    name,
    amounts.includes(name) && isMoney(value) ? other(value) : rewritten(value, other),
  ];
  return Object.fromEntries(Object.entries(said).map(member));
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'value' in value;
}

/** The same amount and one unit less. */
export function oneLess(one: Money): Money {
  const minor = minorOf(one);
  const { currency_code } = one;
  return typeof minor === 'number' ? money(minor - step(currency_code), currency_code) : one;
}
