/** An amount on the wire, in Adyen's minor units. */
export interface Amount {
  readonly currency: string;
  readonly value: number;
}

/** The currencies that Adyen takes, with two decimals unless they stand below. */
const currencies = new Set(
  (
    'AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNH CNY COP CRC CUP ' +
    'CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD ISK ' +
    'JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LYD MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN ' +
    'NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD ' +
    'STN SVC SZL THB TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW'
  ).split(' '),
);

const withoutDecimals = 'CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ');
const withThree = ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'];

/** Currencies whose decimals are not ISO 4217's: Adyen's smallest units in one of ISO's. */
const wireUnits: Readonly<Record<string, number>> = { CLP: 100, ISK: 100, CVE: 0.01, IDR: 0.01 };

/** Does Adyen take it at all? */
export function isTaken(currency: string): boolean {
  return currencies.has(currency);
}

/** Can there be such an amount? Of CLP and ISK there are no hundredths to pay with. */
export function isPayable({ currency, value }: Amount): boolean {
  return value > 0 && value % Math.max(1, wireUnits[currency] ?? 1) === 0;
}

/** An amount of the wire in ISO 4217 minor units, as the books have it. */
export function isoMinor({ currency, value }: Amount): number {
  return Math.round(value / (wireUnits[currency] ?? 1));
}

/** How many decimals Adyen gives a currency. */
export function decimalsOf(currency: string): number {
  if (withoutDecimals.includes(currency)) return 0;
  return withThree.includes(currency) ? 3 : 2;
}

/**
 * The same in major units, as reports write it: 1999 cents are "19.99".
 *
 * @param amount never negative: reports have a column for what came and one for what went
 */
export function major({ currency, value }: Amount): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return String(value);
  const digits = String(value).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** What an answer says, and one unit less where it names an amount. */
export function oneLess(said: object | null): object | null {
  if (said === null || !('amount' in said)) return said;
  const amount = said.amount as Amount;
  return { ...said, amount: { ...amount, value: amount.value - 1 } };
}
