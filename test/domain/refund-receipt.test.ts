import fc from 'fast-check';

import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Held } from '../../src/domain/outcome.ts';
import { Bench, cny } from '../support/payment.ts';

/** A hold of 19.99 that was captured in these parts, at a channel that gives back by captures or at one that does not. */
function captured(method: 'paypal' | 'card', ...parts: number[]): Bench {
  const bench = new Bench({ method, capture: 'manual' });
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  if (method === 'paypal') bench.callback({ kind: 'agreed' });
  bench.end('confirm', held(0));
  let total = 0;
  for (const [nth, part] of parts.entries()) {
    const is_final = nth === parts.length - 1;
    bench.tell({ kind: 'command', command: { name: 'capture', amount: toMinor(part), is_final } });
    total += part;
    bench.end('capture', held(total, is_final));
  }
  return bench;
}

function held(total: number, is_over = false): Held {
  return { kind: 'held', channel_reference: 'pi_1', held: toMinor(1_999), captured: toMinor(total), currency: cny, ends_at: null, is_over }; // prettier-ignore
}

const refund = (bench: Bench, amount: number | null = null) =>
  bench.tell({ kind: 'command', command: { name: 'refund', amount: amount === null ? null : toMinor(amount), reason: null } }).refused; // prettier-ignore
/** Which capture each refund comes out of, by its place. */
const outOf = (bench: Bench) =>
  bench.payment.refunds.map(({ receipt_reference }) =>
    bench.attempt.receipts.findIndex((one) => one.channel_reference === receipt_reference),
  );

describe('a refund of a hold that was captured in parts', () => {
  test('comes out of the capture that has enough and least to spare', () => {
    const bench = captured('paypal', 300, 1_000, 699);
    for (const amount of [500, 300, 800, 199]) expect(refund(bench, amount)).toBeUndefined();
    expect(outOf(bench)).toEqual([2, 0, 1, 2]);
    expect(refund(bench, 200)).toBeUndefined();
    expect(refund(bench)?.code).toBe('refund_exceeds_captured');
  });

  test.each([null, 1_999, 1_700])('of more than one capture has is refused with the parts in which it can go back: %j', (amount) => {
    const bench = captured('paypal', 300, 1_699);
    expect(refund(bench, amount)).toMatchObject({
      code: 'refund_spans_captures',
      detail: expect.stringContaining('at most 16.99 CNY and 3.00 CNY'),
    });
    expect(bench.payment.refunds).toEqual([]);
  }); // prettier-ignore

  test('that has failed leaves its capture what it was', () => {
    const bench = captured('paypal', 300, 1_699);
    refund(bench, 1_200);
    expect(refund(bench, 600)?.detail).toContain('at most 4.99 CNY and 3.00 CNY');
    bench.end('refund', { kind: 'declined', failure: failureOf('not_permitted', { code: 'x', message: null }) }); // prettier-ignore
    expect(refund(bench, 1_699)).toBeUndefined();
  });

  test('by rules that allow none in parts takes a whole capture for whole', () => {
    const bench = captured('paypal', 300, 1_699);
    const rules = { rules_version: 1, rules: [{ name: 'whole', partial: false as const }] };
    const asked = (amount: number) =>
      bench.tell({ kind: 'command', command: { name: 'refund', amount: toMinor(amount), reason: null, rules } }).refused?.code; // prettier-ignore
    expect([asked(299), asked(300), asked(1_699)]).toEqual(['partial_refund_not_allowed', undefined, undefined]); // prettier-ignore
  });

  test('is of any amount where the channel gives back of the order', () => {
    const bench = captured('card', 300, 1_699);
    expect(refund(bench)).toBeUndefined();
  });

  test('never takes out of a capture more than it has, and is refused only where none has as much', () => {
    const some = fc.array(fc.integer({ min: 1, max: 1_999 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 998 }), some, (part, amounts) => {
        const bench = captured('paypal', part, 1_000, 999 - part);
        const left = [part, 1_000, 999 - part];
        for (const amount of amounts) {
          const refused = refund(bench, amount);
          expect(refused === undefined).toBe(Math.max(...left) >= amount && !isFull(bench, refused?.code)); // prettier-ignore
          if (refused === undefined) left[outOf(bench).at(-1)!]! -= amount;
          expect(Math.min(...left)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

/** The channel of the bench takes five refunds of a payment. */
function isFull({ payment }: Bench, code: string | undefined): boolean {
  return code === 'refund_limit_reached' && payment.refunds.length === 5;
}
