/** An amount on the wire. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** The currencies that the bank offers, by their digits after the point (ISO 4217). */
const offered: Readonly<Record<number, readonly string[]>> = {
  0: ['JPY', 'KRW'],
  2: 'EUR USD AED AUD CAD CHF CNY CZK DKK GBP HKD NOK NZD PLN SEK SGD THB'.split(' '),
  3: ['BHD', 'KWD'],
};
const digitsOf = new Map(
  Object.entries(offered).flatMap(([digits, codes]) => codes.map((code) => [code, Number(digits)])),
);

/** The most that an amount may be, in minor units. */
export const amountMax = 999_999_999_999;

export function isOffered(currency: string): boolean {
  return digitsOf.has(currency);
}

/** Is it written in the one form that its currency gives it? Of one that is not offered any number of digits will do. */
export function isCanonical({ amount, currency }: Money): boolean {
  const [, , point = ''] = /^(0|[1-9]\d*)(\.\d+)?$/.exec(amount) ?? [null, null, null];
  if (point === null) return false;
  const digits = digitsOf.get(currency);
  return digits === undefined || point.length === (digits === 0 ? 0 : digits + 1);
}

/** An amount in its one form, in minor units. */
export function minorOf({ amount }: Money): number {
  return Number(amount.replace('.', ''));
}

/**
 * The same amount on the wire.
 *
 * @param minor in minor units
 * @param currency one that is offered
 */
export function money(minor: number, currency: string): Money {
  const digits = digitsOf.get(currency);
  if (digits === undefined) throw new RangeError(`the bank does not offer ${currency}`);
  const all = String(minor).padStart(digits + 1, '0');
  const amount = digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`;
  return { amount, currency };
}

/**
 * The same with another amount or currency wherever there is one.
 *
 * @param said anything that goes over the wire; an error says no amount
 */
export function withMoney<Said>(said: Said, other: (money: Money) => Money): Said {
  return rewritten(said, other) as Said;
}

function rewritten(said: unknown, other: (money: Money) => Money): unknown {
  if (Array.isArray(said)) return said.map((one: unknown) => rewritten(one, other));
  if (typeof said !== 'object' || said === null) return said;
  const members = Object.fromEntries(
    Object.entries(said).map(([name, value]) => [name, rewritten(value, other)]),
  );
  const { amount, currency } = members;
  if (typeof amount !== 'string' || typeof currency !== 'string') return members;
  return { ...members, ...other({ amount, currency }) };
}

/** One unit less. */
export function oneLess(one: Money): Money {
  return money(minorOf(one) - 1, one.currency);
}

/** The same amount in another currency with as many digits. */
export function inAnotherCurrency({ amount, currency }: Money): Money {
  const alike = offered[digitsOf.get(currency) ?? 2] ?? [];
  return { amount, currency: alike.find((one) => one !== currency) ?? currency };
}
