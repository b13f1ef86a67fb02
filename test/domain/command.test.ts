import fc from 'fast-check';

import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import type { Payment } from '../../src/domain/payment.ts';
import { Bench, cny, paid } from '../support/payment.ts';

const sync = { kind: 'command', command: { name: 'sync' } } as const;
const declined: Answer = { kind: 'declined', failure: failureOf('not_permitted', { code: 'x', message: null }) }; // prettier-ignore
const lost: Answer = { kind: 'unknown', detail: 'timeout' };

/** Payments whose only attempt is over, and held never to have been made at its channel. */
const neverMade = {
  'had not left when it was canceled': () => {
    const bench = new Bench();
    bench.cancel();
    return bench;
  },
  'was lost, and then not found': () => {
    const bench = new Bench();
    bench.send('create');
    bench.end('create', 'silent');
    bench.expire();
    for (let turns = 0; bench.verbs().includes('query') && turns < 5; turns += 1) {
      bench.now = Math.max(bench.now, bench.open('query').settles_at ?? 0);
      bench.end('query', { kind: 'not_found' });
    }
    return bench;
  },
  'was declined': () => {
    const bench = new Bench({ on_decline: 'fail' });
    bench.end('create', declined);
    return bench;
  },
} satisfies Record<string, () => Bench>;
const ways = Object.entries(neverMade);

/** What is known of the payment, besides what was asked about it. */
function facts({ sequence: _, updated_at: __, attempts, ...payment }: Payment) {
  return { ...payment, attempts: attempts.map(({ operations: ___, ...attempt }) => attempt) };
}

describe('a sync of an order that is held never to have been made, for its create', () => {
  test.each(ways)('%s, asks the channel', (_, way) => {
    const bench = way();
    expect([bench.attempt.created, bench.verbs()]).toEqual(['no', []]);
    bench.tell(sync);
    expect(bench.verbs()).toEqual(['query']);
  });

  test.each(ways)('%s, and finds what was paid under it: it goes back', (_, way) => {
    const bench = way();
    bench.tell(sync);
    bench.end('query', paid());
    expect(bench.attempt).toMatchObject({ status: 'paid', created: 'yes', receipts: [{ use: 'late' }] }); // prettier-ignore
    expect(bench.events).toContain('payment.late_receipt');
    expect(bench.payment).toMatchObject({ paid_by: null, refunds: [{ origin: 'late', amount: 1_999 }] }); // prettier-ignore
    expect(bench.balance('payer_payable')).toBe(-1_999);
    expect(bench.balance('merchant_payable')).toBe(0);
  });

  test.each(ways)('%s, is answered at once, and changes nothing, when there is none', (_, way) => {
    const bench = way();
    const before = facts(bench.payment);
    bench.tell(sync);
    expect(bench.open('query').settles_at).toBeLessThanOrEqual(bench.now);
    bench.end('query', { kind: 'not_found' });
    expect([facts(bench.payment), bench.verbs()]).toEqual([before, []]);
  });

  test('changes nothing, however often nobody knows of it', () => {
    const nothing = fc.constantFrom<Answer | 'silent'>({ kind: 'not_found' }, lost, 'silent');
    fc.assert(
      fc.property(fc.constantFrom(...ways), fc.array(nothing, { maxLength: 6 }), ([, way], said) => {
        const bench = way();
        const before = facts(bench.payment);
        for (const answer of said) {
          bench.tell(sync);
          bench.end('query', answer);
        }
        expect([facts(bench.payment), bench.verbs()]).toEqual([before, []]);
      }),
    );
  }); // prettier-ignore

  test('finds a hold: it is given back by its number, which only the hold told', () => {
    const bench = new Bench({ method: 'card', capture: 'manual' });
    bench.cancel();
    bench.tell(sync);
    const hold = { held: toMinor(1_999), captured: toMinor(0), currency: cny, ends_at: null, is_over: false }; // prettier-ignore
    const told = { kind: 'held', channel_reference: 'pi_1', ...hold } as const;
    bench.end('query', told);
    bench.end('query', told); // asked before anything is given back
    expect([bench.attempt.handle, bench.verbs()]).toEqual(['pi_1', ['void']]);
    bench.end('void', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect([bench.attempt.status, bench.payment.status, bench.verbs()]).toEqual(['closed', 'canceled', []]); // prettier-ignore
  });
});

test('a sync asks nobody about a create that is yet to be sent', () => {
  const bench = new Bench();
  bench.tell(sync);
  expect(bench.verbs()).toEqual(['create']);
});

describe('a sync of a refund that the channel is held not to have', () => {
  const refused = () => {
    const bench = new Bench();
    bench.callback(paid());
    bench.tell({
      kind: 'command',
      command: { name: 'refund', amount: toMinor(500), reason: null },
    });
    bench.end('refund', declined);
    expect(bench.payment.refunds).toMatchObject([{ status: 'failed', accepted: 'no' }]);
    return bench;
  };

  test.each<[string, Answer | 'silent']>([
    ['there is none', { kind: 'not_found' }],
    ['nobody answers', lost],
    ['nothing is heard', 'silent'],
  ])('changes nothing when %s', (_, answer) => {
    const bench = refused();
    const before = facts(bench.payment);
    bench.tell(sync);
    expect(bench.open('query_refund').settles_at).toBeLessThanOrEqual(bench.now);
    bench.end('query_refund', answer);
    expect(facts(bench.payment)).toEqual(before);
  });

  test('hears that the channel has it', () => {
    const bench = refused();
    bench.tell(sync);
    bench.end('query_refund', { kind: 'refund', status: 'succeeded', channel_reference: '5000', amount: toMinor(500), currency: cny }); // prettier-ignore
    expect(bench.payment.refunds).toMatchObject([{ accepted: 'yes', channel_reference: '5000' }]);
  });
});
