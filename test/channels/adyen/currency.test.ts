import { adyen } from '../../../src/channels/adyen/channel.ts';
import { allCurrencies, exponentOf, toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { decimalsOf, isoMinor, isPayable, isTaken } from '../../../src/sandbox/adyen/money.ts';
import { account, answering, filed, order, psp, readItem, replied } from './adyen.ts';

/** F29: a digit too few or too many takes a hundred times the price. */
const served = adyen.facts.methods['card'] ?? [];

/** docs.adyen.com/development-resources/currency-codes: digits after the point on Adyen's wire. */
const golden: readonly (readonly [code: string, iso: number, wire: number, isServed: boolean])[] = [
  ['COP', 2, 2, true], ['EGP', 2, 2, true], ['HUF', 2, 2, true], ['KES', 2, 2, true], ['MAD', 2, 2, true],
  ['PEN', 2, 2, true], ['QAR', 2, 2, true], ['RON', 2, 2, true],
  // In these Stripe takes cards, too.
  ['AED', 2, 2, true], ['AUD', 2, 2, true], ['BRL', 2, 2, true], ['CAD', 2, 2, true], ['CHF', 2, 2, true], ['CNY', 2, 2, true], ['CZK', 2, 2, true],
  ['DKK', 2, 2, true], ['EUR', 2, 2, true], ['GBP', 2, 2, true], ['HKD', 2, 2, true], ['ILS', 2, 2, true], ['INR', 2, 2, true], ['MXN', 2, 2, true],
  ['MYR', 2, 2, true], ['NOK', 2, 2, true], ['NZD', 2, 2, true], ['PHP', 2, 2, true], ['PLN', 2, 2, true], ['SAR', 2, 2, true], ['SEK', 2, 2, true],
  ['SGD', 2, 2, true], ['THB', 2, 2, true], ['TRY', 2, 2, true], ['USD', 2, 2, true], ['ZAR', 2, 2, true],
  ['JPY', 0, 0, true], ['KRW', 0, 0, true], ['VND', 0, 0, true],
  // Thousandths, of which Adyen wants all three.
  ['BHD', 3, 3, true], ['JOD', 3, 3, true], ['KWD', 3, 3, true], ['OMR', 3, 3, true], ['TND', 3, 3, true],
  ['IQD', 3, 3, false], ['LYD', 3, 3, false],
  // Nobody asked for these yet.
  ['TWD', 2, 2, false], ['MRU', 2, 2, false],
  ['DJF', 0, 0, false], ['GNF', 0, 0, false], ['KMF', 0, 0, false],
  ['PYG', 0, 0, false], ['RWF', 0, 0, false], ['UGX', 0, 0, false], ['VUV', 0, 0, false], ['XAF', 0, 0, false], ['XOF', 0, 0, false],
  ['XPF', 0, 0, false],
  // “Differs from standard”: hundredths of what has none, and whole ones of what has.
  ['CLP', 0, 2, false], ['ISK', 0, 2, false], ['CVE', 2, 0, false], ['IDR', 2, 0, false],
]; // prettier-ignore

test.each(golden)('%s: ISO 4217 has %i digits, Adyen %i; served: %s', (code, iso, wire, isServed) => {
  expect([isTaken(code), decimalsOf(code)]).toEqual([true, wire]);
  expect(exponentOf(toCurrency(code))).toBe(iso);
  expect(served.includes(code)).toBe(isServed);
  if (isServed) expect(wire).toBe(iso);
}); // prettier-ignore

test('whatever else Adyen takes has ISO 4217’s digits there', () => {
  const differing = golden.flatMap(([code, iso, wire]) => (iso === wire ? [] : [code])).sort();
  const taken = allCurrencies().filter((code) => isTaken(code));
  expect(taken.filter((code) => decimalsOf(code) !== exponentOf(code)).sort()).toEqual(differing);
});

test('what is served stands in the table and is named once', () => {
  const known = golden.flatMap(([code, , , isServed]) => (isServed ? [code] : []));
  expect([...served].sort()).toEqual(known.sort());
});

const columns = 'Merchant Account,Psp Reference,Merchant Reference,Type,Gross Currency,Gross Credit (GC),Gross Debit (GC),Creation Date'; // prettier-ignore
const out = { names: ['settlement_detail_report_batch_17.csv'], before: ['settlement_detail_report_batch_16.csv'], late_ms: 0 }; // prettier-ignore
/** What a report says of the order when this was settled of it. */
const reported = (asked: typeof order, credit: string) => {
  const line = [
    account.merchant_account,
    psp,
    order.reference,
    'Settled',
    asked.currency,
    credit,
    '',
    '2026-11-29 21:00:00',
  ];
  const file = filed([columns, line.join(','), ''].join('\r\n'));
  return adyen.query(answering(file), { ...asked, reports: out });
};

describe.each(served)('an order of 1999 minor units of %s', (code) => {
  const currency = toCurrency(code);
  const asked = { ...order, amount: toMinor(1_999), currency };
  const amount = { value: 1_999, currency: code };

  test('is 1999 of them at Adyen, there and back, and in the sandbox’s books', async () => {
    const call = answering(replied(200, { pspReference: psp, merchantReference: order.reference, resultCode: 'Authorised', amount })); // prettier-ignore
    const taken = await adyen.create(call, asked);
    expect(JSON.parse(call.requests[0]!.body).amount).toEqual(amount);
    expect(taken).toMatchObject({ kind: 'approved', receipt: { amount: 1_999, currency: code } });
    expect([isoMinor(amount), isPayable({ ...amount, value: 1 })]).toEqual([1_999, true]);
  });

  test('is told by a notice as 1999 of them', () => {
    const money = { amount: 1_999, currency: code };
    expect(readItem({ amount })).toMatchObject({ kind: 'attempt', answer: money });
  });

  test('is told by a report in whole ones and no more digits than they have', async () => {
    const digits = exponentOf(currency);
    const paid = (1_999 / 10 ** digits).toFixed(digits);
    expect(await reported(asked, paid)).toMatchObject({ kind: 'approved', receipt: { amount: 1_999, currency: code } }); // prettier-ignore
    expect((await reported(asked, `${paid}${digits === 0 ? '.1' : '1'}`)).kind).not.toBe(
      'approved',
    );
  });
});
