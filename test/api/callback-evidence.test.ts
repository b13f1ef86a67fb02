import { disagreement, evidenceOf, type Said } from '../../src/api/callback-evidence.ts';
import { allChannels, channelFor } from '../../src/channels/registry.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Subject } from '../../src/store/callback.ts';

const reference = 'att_01kaw0000000000000000000a1';
const account = 'cha_ours';
const subject: Subject = {
  payment_id: 'pay_1',
  channel_account: account,
  amount: 1_999,
  currency: 'USD',
  handle: 'pi_1',
  receipts: ['pi_2'],
  status: 'processing',
  is_busy: false,
};
const stripe = channelFor('stripe')!;
const reported = allChannels().find(({ facts }) => facts.reported_after_ms !== null)!;

/** A callback that says this under our number. */
const said = (answer: object, given: object = {}) =>
  ({ kind: 'attempt', event: 'evt_1', reference, answer, ...given }) as Said;
const complaint = (reading: Said, of: Partial<Subject> = {}, channel = stripe) =>
  disagreement(reading, { ...subject, ...of }, { channel, account });

const money = { amount: toMinor(1_999), currency: toCurrency('USD') };
const receipt = { channel_reference: 'pi_1', paid_at: '2026-11-25T02:00:00.000Z' };
/** Each kind of answer that names money, with this in it. */
const moneyed = (of: object): [string, object][] => [
  ['approved', { kind: 'approved', receipt: { ...receipt, ...of } }],
  ['agreed', { kind: 'agreed', money: of }],
  ['refund', { kind: 'refund', status: 'succeeded', channel_reference: 're_1', ...of }],
  ['authorised', { kind: 'authorised', channel_reference: 'pi_1', at: receipt.paid_at, ends_at: receipt.paid_at, ...of }],
  ['captured', { kind: 'captured', ...of }],
]; // prettier-ignore
const declined = { kind: 'declined', failure: failureOf('card_declined', { code: null, message: null }) }; // prettier-ignore
const dispute = { kind: 'dispute', channel_reference: 'du_1', ...money };

describe('a callback', () => {
  test.each(moneyed(money))('that says %s of what was asked for agrees', (_kind, answer) => {
    expect(complaint(said(answer))).toBeNull();
  });

  test.each([
    ...moneyed({ ...money, amount: toMinor(1_998) }),
    ...moneyed({ ...money, amount: toMinor(2_000) }),
  ])('that says %s of another amount disagrees', (_kind, answer) => {
    expect(complaint(said(answer))).toMatch(/^says (1998|2000) USD, asked 1999 USD$/);
  });

  test.each(moneyed({ ...money, currency: toCurrency('EUR') }))(
    'that says %s of another currency disagrees',
    (_kind, answer) => {
      expect(complaint(said(answer))).toBe('says 1999 EUR, asked 1999 USD');
    },
  );

  test.each([declined, { kind: 'closed' }, { kind: 'pending' }, { kind: 'agreed' }])(
    'that names no money (%j) agrees',
    (answer) => {
      expect(complaint(said(answer))).toBeNull();
    },
  );

  test('that came to another account disagrees, whatever it says', () => {
    for (const [, answer] of [...moneyed(money), ['', declined] as const])
      expect(complaint(said(answer), { channel_account: 'cha_other' })).toBe('sent to cha_ours, belongs to cha_other'); // prettier-ignore
  });

  test('about another order disagrees, unless ours has no number yet or money was counted under that one', () => {
    const about = (order: string) => said(declined, { order });
    expect(complaint(about('pi_1'))).toBeNull();
    expect(complaint(about('pi_2'))).toBeNull();
    expect(complaint(about('pi_9'))).toBe('about the order pi_9, ours is pi_1');
    expect(complaint(about('pi_9'), { handle: null, receipts: [] })).toBeNull();
  });

  test('about another order counts where nobody can be asked: it is all that is ever told of that', () => {
    expect(complaint(said(declined, { order: 'PSP9' }), {}, reported)).toBeNull();
  });

  test('that the channel itself doubts disagrees in its words', () => {
    expect(complaint(said({ kind: 'disagrees', detail: 'its amount is not known' }))).toBe('its amount is not known'); // prettier-ignore
  });

  test('may dispute a part or more than was paid, in no other currency', () => {
    const of = (given: object) => said({ ...dispute, ...given }, { kind: 'dispute' });
    for (const amount of [1, 1_999, 2_500]) expect(complaint(of({ amount }))).toBeNull();
    expect(complaint(of({ currency: 'EUR' }))).toBe('says 1999 EUR, asked 1999 USD');
  });
});

describe('what is told of it', () => {
  const answer = { kind: 'approved', receipt: { ...receipt, ...money } };

  test('is what it says, about our number and its order', () => {
    const of = { about: 'attempt', reference, answer };
    expect(evidenceOf(said(answer, { order: 'pi_1' }), null)).toEqual({ ...of, order: 'pi_1' });
    expect(evidenceOf(said(answer), null)).toEqual(of);
    expect(evidenceOf(said(answer, { order: '' }), null)).toEqual(of);
  });

  test.each(['attempt', 'capture', 'refund'])('where it disagrees is that alone, and nothing of its money (%s)', (kind) => {
    const disagrees = { kind: 'disagrees', detail: 'says 1' };
    expect(evidenceOf(said(answer, { kind }), 'says 1')).toEqual({ about: kind, reference, answer: disagrees });
  }); // prettier-ignore

  test('of a dispute that disagrees is told of the attempt: what a dispute says there is nobody to ask', () => {
    const disagrees = { kind: 'disagrees', detail: 'says 1' };
    expect(evidenceOf(said(dispute, { kind: 'dispute' }), 'says 1')).toEqual({ about: 'attempt', reference, answer: disagrees }); // prettier-ignore
    expect(evidenceOf(said(dispute, { kind: 'dispute' }), null)).toEqual({ about: 'dispute', reference, answer: dispute }); // prettier-ignore
  });
});
