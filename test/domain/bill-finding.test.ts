import fc from 'fast-check';

import { type BillRow } from '../../src/domain/bill.ts';
import { findingsOf, type Known, type Told } from '../../src/domain/bill-finding.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor, zero } from '../../src/domain/money.ts';

const cny = toCurrency('CNY');
const paid: BillRow = { kind: 'payment', reference: 'att_1', channel_reference: '4200', amount: toMinor(1_999), currency: cny, direction: 'in', fee: null, at: '2026-11-29T10:00:00.000Z' }; // prettier-ignore
const back: BillRow = { ...paid, kind: 'refund', reference: 'ref_1', channel_reference: '5000', direction: 'out', amount: toMinor(500) }; // prettier-ignore
const of = (...receipts: Known['receipts']): Known => ({ payment_id: 'pay_1', receipts, told: [], taken_back: zero, bounced: null }); // prettier-ignore
const findingOf = (row: BillRow, known?: Known, before: readonly BillRow[] = []) =>
  findingsOf([...before, row], known).at(-1)!.finding;
const receipt = { channel_reference: '4200', amount: toMinor(1_999), currency: cny };

test.each([
  ['known', 'a payment that we have', paid, of(receipt)],
  ['known', 'one of several payments under a number', paid, of({ ...receipt, channel_reference: '4199', amount: toMinor(1) }, receipt)],
  ['unheard', 'a payment of which we know the order alone', paid, of()],
  ['known', 'a transfer of too much, of which a part goes back', paid, of({ ...receipt, amount: toMinor(1_500) }, { ...receipt, amount: toMinor(499) })],
  ['unheard', 'a second payment under a number', paid, of({ ...receipt, channel_reference: '4199' })],
  ['differs', 'a payment in another amount', paid, of({ ...receipt, amount: toMinor(1_998) })],
  ['differs', 'a payment in another currency', paid, of({ ...receipt, currency: toCurrency('USD') })],
  ['foreign', 'a payment under no number of ours', paid, undefined],
  ['foreign', 'a payment without a number', { ...paid, reference: null }, undefined],
  ['known', 'a refund that has gone, whatever its number', back, of({ ...receipt, channel_reference: null, amount: toMinor(500) })],
  ['differs', 'a refund in another amount', back, of({ ...receipt, amount: toMinor(501) })],
  ['unheard', 'a refund that waits here', back, of()],
  ['foreign', 'a refund that somebody else made', back, undefined],
  ['known', 'a part of a hold that was captured', paid, of({ ...receipt, channel_reference: 'cap_1', amount: toMinor(1) }, { ...receipt, channel_reference: 'cap_2' })],
  ['unheard', 'a part of a hold that nobody here captured', paid, of({ ...receipt, channel_reference: 'cap_1', amount: toMinor(1) })],
  ['unheard', 'a refund that came back and is held to have gone', { ...back, direction: 'in' }, of({ ...receipt, amount: toMinor(500) })],
  ['unheard', 'a refund that came back and is waited for here', { ...back, direction: 'in' }, of()],
] as const)('%s: %s', (finding, _, row, known) => {
  expect(findingOf(row, known)).toBe(finding);
}); // prettier-ignore

const capture = { ...receipt, channel_reference: 'cap_1', amount: toMinor(500) };
const part = { ...paid, amount: toMinor(500) };
const gone = { ...receipt, amount: toMinor(500), channel_reference: '5000' };

test.each([
  ['doubled', 'a capture that was carried out twice', { ...part, channel_reference: '4201' }, of(capture), [part]],
  ['known', 'the second of two captures of one amount', part, of(capture, { ...capture, channel_reference: 'cap_2' }), [part]],
  ['doubled', 'the third', part, of(capture, { ...capture, channel_reference: 'cap_2' }), [part, part]],
  ['known', 'a capture beside one of another amount', paid, of(capture, { ...capture, channel_reference: 'cap_2', amount: paid.amount }), [part]],
  ['doubled', 'a refund that went back twice, under another number of the channel', { ...back, channel_reference: '5001' }, of(gone), [back]],
  ['doubled', 'a payment that stands there twice', paid, of(receipt), [paid]],
  ['known', 'a second payment that we have too', { ...paid, channel_reference: '4201' }, of(receipt, { ...receipt, channel_reference: '4201' }), [paid]],
] as const)('%s: %s', (finding, _, row, known, before) => {
  expect(findingOf(row, known, before)).toBe(finding);
}); // prettier-ignore

/** What is known once the bills of the days before have told these rows, each on one of its own. */
const after = (known: Known, ...rows: BillRow[]) =>
  rows.reduce<Known>((so_far, row) => {
    const told = findingsOf([row], so_far).flatMap((one): Told[] => (one.told ? [one.told] : []));
    return { ...so_far, told: [...so_far.told, ...told] };
  }, known);

describe('of a refund that came back', () => {
  const out: BillRow = { ...back, movement_reference: 'RT1' };
  const returned: BillRow = { ...back, direction: 'in', movement_reference: 'RT1-B' };
  const less: BillRow = { ...returned, amount: toMinor(400) };
  const failed = (is_booked: boolean): Known => ({ ...of(), bounced: { amount: toMinor(500), currency: cny, is_booked } });
  const booked = failed(true);
  const unbooked = failed(false);
  const findings = (rows: readonly BillRow[], known: Known) => findingsOf(rows, known).map(({ finding }) => finding);

  test.each([
    ['both of its movements on one bill are known', [out, returned], booked, ['known', 'known']],
    ['so they are the other way round', [returned, out], booked, ['known', 'known']],
    ['so they are where its success was never heard', [out, returned], unbooked, ['known', 'known']],
    ['its going alone is known where it is booked: the bill of another day tells the return', [out], booked, ['known']],
    ['the return alone is known', [returned], booked, ['known']],
    ['its going alone is asked about where nobody heard that it went', [out], unbooked, ['unheard']],
    ['a return of another amount is told', [out, less], booked, ['known', 'differs']],
    ['a return of another amount explains no going', [out, less], unbooked, ['unheard', 'differs']],
    ['a return in another currency is told', [{ ...returned, currency: toCurrency('USD') }], booked, ['differs']],
    ['a going in another amount is asked about', [{ ...out, amount: toMinor(501) }, returned], booked, ['unheard', 'known']],
    ['what went twice and came back once is told', [out, { ...out, movement_reference: 'RT2' }, returned], booked, ['known', 'doubled', 'known']],
    ['both movements of one that waits here are asked about', [out, returned], of(), ['unheard', 'unheard']],
    ['the return of one that was paid otherwise since is known', [out, returned], { ...booked, receipts: [gone] }, ['known', 'known']],
  ] as const)('%s', (_, rows, known, expected) => {
    expect(findings(rows, known)).toEqual(expected);
  });

  test('its going twice, on bills of two days, is told', () => {
    expect(findings([out], after(booked, out))).toEqual(['known']);
    expect(findings([{ ...out, movement_reference: 'RT2' }], after(booked, out))).toEqual(['doubled']);
  });
}); // prettier-ignore

describe('of captures, each with a number of the channel’s for what moved', () => {
  const first = { ...part, movement_reference: 'txn_1' };
  const second = { ...part, movement_reference: 'txn_2' };
  const twoParts = of(capture, { ...capture, channel_reference: 'cap_2' });

  test.each([
    ['doubled', 'one that was carried out twice, on the bill of another day', second, after(of(capture), first)],
    ['known', 'the same on a bill that is looked at again', first, after(of(capture), first)],
    ['known', 'the second of two of one amount, on another day', second, after(twoParts, first)],
    ['known', 'the second, looked at again', second, after(twoParts, first, second)],
    ['doubled', 'the third, on a third day', { ...part, movement_reference: 'txn_3' }, after(twoParts, first, second)],
    ['known', 'one whose row has no number, which tells nothing', part, after(of(capture), first)],
    ['doubled', 'a refund that went back twice, on another day', { ...back, channel_reference: '5001' }, after(of(gone), back)],
    ['known', 'a refund whose bill is looked at again', back, after(of(gone), back)],
  ] as const)('%s: %s', (finding, _, row, known) => {
    expect(findingOf(row, known)).toBe(finding);
  }); // prettier-ignore

  test('one row twice on one bill tells one of two captures', () => {
    expect(findingsOf([first, first], twoParts).map((one) => one.finding)).toEqual(['known', 'doubled']);
    expect(findingsOf([first, first], after(twoParts, first)).map((one) => one.finding)).toEqual(['known', 'doubled']);
  }); // prettier-ignore

  test('what a bill tells first of all is told once', () => {
    expect(findingsOf([first, second], of(capture)).map((one) => one.told)).toEqual([{ movement_reference: 'txn_1', subject: 'cap_1', amount: null }, null]);
    expect(findingsOf([first], after(of(capture), first))).toMatchObject([{ finding: 'known', told: null }]);
  }); // prettier-ignore

  test('a number that is longer than any channel’s is none', () => {
    const long = { ...part, movement_reference: 'x'.repeat(256) };
    expect(findingsOf([long], of(capture))).toMatchObject([{ finding: 'known', told: null }]);
  });

  test('whatever order the bills come in, as many rows are known as there are captures of that amount', () => {
    const rows = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(rows, { maxLength: 5 }), (captures, bills) => {
        const receipts = Array.from({ length: captures }, (_, nth) => ({ ...capture, channel_reference: `cap_${nth}` }));
        let known = of(...receipts);
        const telling = new Set<number>();
        for (const bill of bills) {
          const found = findingsOf(bill.map((nth) => ({ ...part, movement_reference: `txn_${nth}` })), known);
          found.forEach(({ finding }, nth) => { if (finding === 'known') telling.add(bill[nth]!); });
          known = { ...known, told: [...known.told, ...found.flatMap(({ told }) => told ?? [])] };
        }
        expect(telling.size).toBe(Math.min(captures, new Set(bills.flat()).size));
      }),
    );
  }); // prettier-ignore
});

describe('of a payment that is one receipt here and was settled in parts', () => {
  const piece = (nth: number, amount: number): BillRow => ({ ...paid, amount: toMinor(amount), movement_reference: `CAP${nth}` }); // prettier-ignore
  const [most, rest] = [piece(1, 1_500), piece(2, 499)];
  const whole = of(receipt);
  const findings = (rows: BillRow[], known = whole) =>
    findingsOf(rows, known).map((one) => one.finding);

  test('all of them on one bill are known', () => {
    expect(findings([most, rest])).toEqual(['known', 'known']);
  });

  test('one alone differs, until the bill of another day tells the rest; then both are known', () => {
    expect(findings([most])).toEqual(['differs']);
    const later = after(whole, most);
    expect(findings([rest], later)).toEqual(['known']);
    expect(findings([most], after(later, rest))).toEqual(['known']); // as the list of open findings is looked at again
  });

  test.each([
    ['one that is taken beside them', [most, rest, piece(3, 499)], ['doubled', 'doubled', 'doubled']],
    ['one that stands there twice', [most, rest, rest], ['known', 'known', 'doubled']],
    ['another payment under our number', [most, { ...rest, channel_reference: '4201' }], ['differs', 'unheard']],
    ['another currency', [most, { ...rest, currency: toCurrency('USD') }], ['differs', 'differs']],
    ['more than was paid, in one', [piece(1, 2_000)], ['differs']],
    ['parts without numbers of their own', [{ ...paid, amount: toMinor(1_500) }, { ...paid, amount: toMinor(499) }], ['differs', 'differs']],
    ['a refund in parts, of which each has a number of ours', [{ ...back, amount: toMinor(300) }], ['differs'], of(gone)],
  ] as const)('%s', (_, rows, expected, known = whole) => {
    expect(findings([...rows], known)).toEqual(expected);
  }); // prettier-ignore

  test('one that is carried out again on another day is asked about', () => {
    expect(findings([piece(3, 499)], after(after(whole, most), rest))).toEqual(['doubled']);
  });

  test('in whatever parts and days, the last of them makes all known', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 6 }), (amounts, firstDay) => {
        const parts = amounts.map((amount, nth) => piece(nth, amount));
        const taken = of({ ...receipt, amount: toMinor(amounts.reduce((all, one) => all + one)) });
        const told = (known: Known, rows: BillRow[]) => ({ ...known, told: [...known.told, ...findingsOf(rows, known).flatMap((one) => one.told ?? [])] });
        const known = told(told(taken, parts.slice(0, firstDay)), parts.slice(firstDay));
        expect(new Set(findings(parts, known))).toEqual(new Set(['known']));
      }),
    );
  }); // prettier-ignore
});

const reversal: BillRow = { ...paid, kind: 'reversal', direction: 'out', channel_reference: '6000' }; // prettier-ignore
const takenBack = (amount: number): Known => ({ ...of(receipt), taken_back: toMinor(amount) });

test.each([
  ['unheard', 'of which nobody has heard', of(receipt), []],
  ['known', 'that a dispute has brought', takenBack(1_999), []],
  ['unheard', 'of more than a dispute has brought', takenBack(1_998), []],
  ['unheard', 'twice of what was taken back once', takenBack(1_999), [reversal]],
  ['known', 'beside the payment of the same amount', takenBack(1_999), [paid]],
  ['foreign', 'of what somebody else sold', undefined, []],
] as const)('%s: a reversal %s', (finding, _, known, before) => {
  expect(findingOf(reversal, known, before)).toBe(finding);
});

test.each([
  ['a part of a hold', part, capture],
  ['what was taken under the number that the reversal bears too', paid, receipt],
])('%s is not told twice by what was taken back before', (_, row, taken) => {
  const back = { ...row, kind: 'reversal', direction: 'out' } as const;
  expect(findingOf(row, { ...of(taken), taken_back: row.amount }, [back])).toBe('known');
});

test('a reversal that came back to us is compared by nobody', () => {
  expect(findingOf({ ...reversal, direction: 'in' }, of(receipt))).toBe('beside');
});

test.each(['fee', 'payout', 'dispute', 'other'] as const)(
  'a row about a %s is compared by nobody',
  (kind) => {
    expect(findingOf({ ...paid, kind }, of(receipt))).toBe('beside');
  },
);
