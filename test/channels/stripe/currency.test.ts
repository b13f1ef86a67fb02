import { stripe } from '../../../src/channels/stripe/channel.ts';
import { allCurrencies, exponentOf, toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { isoMinor, isPayable } from '../../../src/sandbox/stripe/money.ts';
import { answering, charge, order, paid, replied } from './stripe.ts';

/** F29: a digit too few or too many takes a hundred times the price. */
const served = stripe.facts.methods['card'] ?? [];

/** docs.stripe.com/currencies: digits after the point on Stripe's wire where they are not two, or where there are rules of its own. */
const golden: readonly (readonly [code: string, iso: number, wire: number, isServed: boolean])[] = [
  ['USD', 2, 2, true], ['EUR', 2, 2, true], ['CNY', 2, 2, true], ['IDR', 2, 2, true], ['INR', 2, 2, true],
  ['JPY', 0, 0, true], ['KRW', 0, 0, true], ['VND', 0, 0, true], ['CLP', 0, 0, true],
  // Whole units that nobody asked for yet.
  ['BIF', 0, 0, false], ['DJF', 0, 0, false], ['GNF', 0, 0, false], ['KMF', 0, 0, false], ['PYG', 0, 0, false], ['RWF', 0, 0, false],
  ['VUV', 0, 0, false], ['XAF', 0, 0, false], ['XOF', 0, 0, false], ['XPF', 0, 0, false],
  // Hundredths of what has none, and whole ones of what has.
  ['ISK', 0, 2, false], ['UGX', 0, 2, false], ['MGA', 2, 0, false],
  // Charged in hundredths, paid out in whole ones.
  ['HUF', 2, 2, false], ['TWD', 2, 2, false],
  // The last digit must be 0.
  ['BHD', 3, 3, false], ['JOD', 3, 3, false], ['KWD', 3, 3, false], ['OMR', 3, 3, false], ['TND', 3, 3, false],
]; // prettier-ignore

test.each(golden)('%s: ISO 4217 has %i digits, Stripe %i; served: %s', (code, iso, wire, isServed) => {
  expect(exponentOf(toCurrency(code))).toBe(iso);
  expect(served.includes(code)).toBe(isServed);
  if (isServed) expect(wire).toBe(iso);
}); // prettier-ignore

test('what is served has two digits unless the table says otherwise, and is named once', () => {
  const wireOf = new Map(golden.map(([code, , wire]) => [code, wire]));
  for (const code of served) expect(exponentOf(toCurrency(code))).toBe(wireOf.get(code) ?? 2);
  expect(new Set(served).size).toBe(served.length);
  expect(served.length).toBeGreaterThan(20);
});

test('no currency of three or four digits is served', () => {
  const fine = allCurrencies().filter((code) => exponentOf(code) > 2);
  expect(fine).toEqual(expect.arrayContaining(['KWD', 'CLF']));
  expect(served.filter((code) => fine.includes(toCurrency(code)))).toEqual([]);
});

describe.each(served)('an order of 100 minor units of %s', (code) => {
  const wire = code.toLowerCase();
  const asked = { ...order, amount: toMinor(100), currency: toCurrency(code) };
  const taken = { ...paid, amount: 100, amount_received: 100, currency: wire, latest_charge: { ...charge, amount: 100 } }; // prettier-ignore

  test('is 100 of them at Stripe, there and back, and in the sandbox’s books', async () => {
    const call = answering(replied(200, taken));
    await stripe.create(call, asked);
    const form = Object.fromEntries(new URLSearchParams(call.requests[0]!.body));
    expect(form).toMatchObject({ amount: '100', currency: wire });
    const answer = await stripe.query(answering(replied(200, taken)), asked);
    expect(answer).toMatchObject({ kind: 'approved', receipt: { amount: 100, currency: code } });
    expect([isoMinor(100, wire), isPayable(1, wire)]).toEqual([100, true]);
  });
});
