import type { Answer } from '../../src/domain/outcome.ts';
import { Bench, paid } from '../support/payment.ts';

const link: Answer = {
  kind: 'action_required',
  next_action: { type: 'redirect', url: 'https://channel.example/agree' },
  code_ends_at: null,
  handle: '5O190127TN364715T',
};
const lost = { kind: 'unknown', detail: 'ECONNRESET' } as const;

/** An order at the channel to which the payer has not agreed yet. */
function offered(): Bench {
  const bench = new Bench({ method: 'paypal' });
  bench.send('create');
  bench.end('create', link);
  return bench;
}

/** One that he has agreed to: our confirmation is about to leave. */
function agreed(): Bench {
  const bench = offered();
  bench.callback({ kind: 'agreed' });
  return bench;
}

describe('an order to which the payer must agree', () => {
  test('waits for him with its number kept, and is confirmed when he has', () => {
    const bench = offered();
    expect(bench.payment.status).toBe('requires_action');
    expect(bench.attempt).toMatchObject({ handle: '5O190127TN364715T', confirmed: 'no' });
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', { kind: 'agreed' });
    expect(bench.payment.status).toBe('processing');
    expect(bench.verbs()).toEqual(['confirm']);
    bench.send('confirm');
    bench.end('confirm', paid());
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.verbs()).toEqual([]);
  });

  test('is confirmed once, however often he is said to have agreed', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.callback({ kind: 'agreed' });
    bench.end('confirm', { kind: 'pending' });
    bench.callback({ kind: 'agreed' });
    expect(bench.attemptOperations().filter((op) => op.verb === 'confirm')).toHaveLength(1);
    expect(bench.payment.status).toBe('processing');
  });

  test.each(['cancel', 'expire'] as const)('ends at once by a %s before he has', (giveUp) => {
    const bench = offered();
    bench[giveUp]();
    expect(bench.payment.status).toBe('canceled');
    expect(bench.verbs()).toEqual([]);
    bench.callback({ kind: 'agreed' });
    expect(bench.verbs()).toEqual([]);
  });

  test('ends at once by a cancel when he has, and our confirmation has not left', () => {
    const bench = agreed();
    bench.cancel();
    expect(bench.payment.status).toBe('canceled');
    expect(bench.open.bind(bench, 'confirm')).toThrow('no open confirm');
  });

  test('whose lost confirmation may have taken the money is not given up without proof', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.end('confirm', lost);
    bench.cancel();
    expect(bench.payment).toMatchObject({ status: 'canceling', outcome: 'unknown' });
    expect(bench.open('query').settles_at).not.toBeNull();
    bench.end('query', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('whose lost confirmation never happened, by the settled word of the channel, ends then', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.end('confirm', lost);
    bench.cancel();
    bench.end('query', { kind: 'agreed' });
    expect(bench.payment.status).toBe('canceled');
  });

  test('that a callback calls pending, its confirmation lost, is not taken for unconfirmed', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.callback({ kind: 'pending' });
    bench.end('confirm', lost);
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
    expect(bench.verbs()).toEqual(['query']);
  });

  test('whose confirmation is lost while an old word says that he has yet to agree is asked about', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.callback({ kind: 'open' });
    bench.end('confirm', lost);
    expect(bench.payment.outcome).toBe('unknown');
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
  });

  test('for whose confirmation he must come by once more is confirmed again when he has', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.end('confirm', link);
    expect(bench.payment.status).toBe('requires_action');
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', { kind: 'agreed' });
    expect(bench.verbs()).toEqual(['confirm']);
    bench.send('confirm');
    bench.end('confirm', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('for whose confirmation he must come by once more ends at once when it is given up', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.end('confirm', link);
    bench.cancel();
    expect(bench.payment.status).toBe('canceled');
  });

  test('for which he must come by, while a confirmation before may have taken the money, needs proof', () => {
    const bench = agreed();
    bench.send('confirm');
    bench.end('confirm', lost);
    bench.end('query', { kind: 'agreed' }); // a word: nothing so far
    bench.send('confirm');
    bench.end('confirm', link);
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
    bench.end('query', paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('whose create was lost is made again under the same key', () => {
    const bench = new Bench({ method: 'paypal' });
    const first = bench.open('create');
    bench.send('create');
    bench.end('create', lost);
    expect(bench.open('create').channel_key).toBe(first.channel_key);
    bench.cancel();
    expect(bench.payment.status).toBe('canceled');
  });
});
