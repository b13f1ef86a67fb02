import { numberOf, referenceOf, wireTime } from '../../../src/channels/unionpay/number.ts';
import { drawnAt } from '../../../src/domain/id.ts';
import { type MadeCall } from '../../../src/domain/operation.ts';
import { back, order } from './unionpay.ts';

const minute = 60_000;
const drawn = drawnAt('ref', back.reference);

/** A call so many minutes after the number was drawn, and how it ended. */
type Made = readonly [minutes: number, ended: MadeCall['ended']];

/** So many minutes after that is the time beside the number. */
function minutesIn(...made: readonly Made[]): number {
  const calls = made.map(([minutes, ended]) => ({ run_at: drawn + minutes * minute, ended }));
  const { txnTime } = numberOf('ref', { reference: back.reference, calls });
  const found = [0, 4, 5, 6, 9, 11, 60, 70].find(
    (minutes) => wireTime(new Date(drawn + minutes * minute)) === txnTime,
  );
  if (found === undefined) throw new Error(`${txnTime} is none of these`);
  return found;
}

describe('the time beside a number', () => {
  test('is the one in the number while that is fresh, however often it is sent', () => {
    expect(minutesIn()).toBe(0);
    expect(minutesIn([0, null])).toBe(0);
    expect(minutesIn([0, 'answered'], [4, 'never_sent'], [5, null])).toBe(0);
  });

  test('is that of the call when it leaves later: after an approval, an outage, a refusal', () => {
    expect(minutesIn([60, null])).toBe(60);
    expect(minutesIn([0, 'never_sent'], [4, 'never_sent'], [60, null])).toBe(60);
    expect(minutesIn([0, 'answered'], [6, null])).toBe(6);
    expect(minutesIn([6, 'answered'], [11, 'answered'], [70, null])).toBe(70);
  });

  test('stays while that one is fresh in its turn', () => {
    expect(minutesIn([6, 'answered'], [9, null])).toBe(6);
    expect(minutesIn([6, 'never_sent'], [9, 'never_sent'], [11, null])).toBe(6);
  });

  test.each(['unknown', 'stored', null] as const)(
    'stays, be it ever so old, while a call under it may have arrived (%s)',
    (ended) => {
      expect(minutesIn([0, ended], [60, null])).toBe(0);
      expect(minutesIn([6, ended], [60, 'never_sent'], [70, null])).toBe(6);
    },
  );

  test('is a new one again when the old one was refused for its age', () => {
    expect(minutesIn([0, 'unknown'], [60, 'answered'], [70, null])).toBe(70);
  });

  test('is for a question that of the last call that may have arrived', () => {
    expect(minutesIn([6, 'unknown'])).toBe(6);
    expect(minutesIn([0, 'answered'], [60, 'answered'])).toBe(60);
    expect(minutesIn([0, 'unknown'], [60, 'answered'])).toBe(0);
    expect(minutesIn([0, 'answered'], [60, 'never_sent'])).toBe(0);
    expect(minutesIn([60, 'never_sent'])).toBe(0);
  });
});

test('a number is read back only as what it was given for, and one that is none of ours stays as it is', () => {
  const [att, ref] = [order.reference.replace('_', ''), back.reference.replace('_', '')];
  expect([referenceOf('att', att), referenceOf('ref', ref)]).toEqual([order.reference, back.reference]);
  for (const strange of [ref, `xyz${att.slice(3)}`, `${att}0`, att.slice(0, -1), 'att', ''])
    expect(referenceOf('att', strange)).toBe(strange);
}); // prettier-ignore
