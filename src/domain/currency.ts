/**
 * ISO 4217 active currencies and the number of digits after the point of each (list one, 2026-01-01).
 * The table is ours and not `Intl`'s, whose data changes with the Node release: an exponent that moves
 * under a stored amount would change what was agreed.
 */
const byExponent = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF ' +
    'CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD ' +
    'GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL ' +
    'MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR ' +
    'PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP ' +
    'TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
} as const;

declare const currencyBrand: unique symbol;
/** An upper-case ISO 4217 code that this table knows. */
export type Currency = string & { readonly [currencyBrand]: true };

const exponents = new Map<string, number>(
  Object.entries(byExponent).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, Number(exponent)] as const),
  ),
);

/** True for an upper-case code of ISO 4217's active list. */
export function isCurrency(code: string): code is Currency {
  return exponents.has(code);
}

/** The code as a currency. Throws a RangeError for one that ISO 4217 does not list. */
export function toCurrency(code: string): Currency {
  if (!isCurrency(code)) throw new RangeError(`'${code}' is not an ISO 4217 currency`);
  return code;
}

/** Digits after the point: 2 for CNY, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: Currency): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) throw new RangeError(`'${currency}' is not an ISO 4217 currency`);
  return exponent;
}

/** Every currency of the table, in no particular order. */
export function allCurrencies(): Currency[] {
  return [...exponents.keys()] as Currency[];
}
