import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Held, RefundAnswer } from '../../src/domain/outcome.ts';
import { Bench, cny, paid, qrCode, timing } from '../support/payment.ts';

const lost = { kind: 'unknown', detail: 'ECONNRESET' } as const;
const declined = { kind: 'declined', failure: failureOf('not_permitted', { code: 'x', message: null }) } as const; // prettier-ignore

/** A code for the payer whose create left and was not answered. */
function lostCreate(): Bench {
  const bench = new Bench();
  bench.send('create');
  bench.end('create', lost);
  return bench;
}

function lostConfirm(): Bench {
  const bench = new Bench({ method: 'card' });
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  bench.send('confirm');
  bench.end('confirm', lost);
  return bench;
}

const held = (captured = 0): Held => ({ kind: 'held', channel_reference: 'pi_1', held: toMinor(1_999), captured: toMinor(captured), currency: cny, ends_at: null, is_over: false }); // prettier-ignore

function lostCapture(): Bench {
  const bench = new Bench({ method: 'card', capture: 'manual' });
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  bench.end('confirm', held());
  bench.tell({ kind: 'command', command: { name: 'capture', amount: toMinor(500), is_final: false } });
  bench.send('capture');
  bench.end('capture', lost);
  return bench;
} // prettier-ignore

function lostRefund(): Bench {
  const bench = new Bench();
  bench.end('create', qrCode);
  bench.callback(paid());
  bench.tell({ kind: 'command', command: { name: 'refund', amount: toMinor(500), reason: null } });
  bench.send('refund');
  bench.end('refund', lost);
  return bench;
}

const returned: RefundAnswer = { kind: 'refund', status: 'succeeded', channel_reference: 're_1', amount: toMinor(500), currency: cny }; // prettier-ignore

const cases = [
  ['create', lostCreate, 'query', { kind: 'not_found' }, qrCode],
  ['confirm', lostConfirm, 'query', { kind: 'open' }, paid()],
  ['capture', lostCapture, 'query', held(), held(500)],
  ['refund', lostRefund, 'query_refund', { kind: 'not_found' }, returned],
] as const;

describe.each(cases)('a lost %s', (verb, made, question, nothing, done) => {
  test('is asked about at once, and sent again under its key as soon as the channel knows of nothing', () => {
    const bench = made();
    const [first] = bench.attemptOperations().filter((op) => op.verb === verb);
    expect(bench.open(question)).toMatchObject({ awaits: 'word', run_at: bench.now });
    bench.end(question, nothing);
    expect(bench.verbs()).toEqual([verb]);
    const again = bench.open(verb);
    expect(again).toMatchObject({ channel_key: first!.channel_key, run_at: bench.now });
    expect(again.id).not.toBe(first!.id);
    const before = bench.payment.outcome;
    expect(before).toBe(verb === 'refund' ? 'known' : 'unknown'); // the first one may still arrive
    bench.end(verb, done);
    expect(bench.payment.outcome).toBe('known');
    expect(bench.verbs()).not.toContain(verb);
  });

  test('is sent again ever more seldom', () => {
    const bench = made();
    const waits = Array.from({ length: 5 }, () => {
      bench.end(question, nothing);
      const { run_at } = bench.open(verb);
      const wait = run_at - bench.now;
      bench.now = run_at;
      bench.send(verb);
      bench.end(verb, lost);
      return wait;
    });
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000]);
  });

  test('whose resend never left is asked about again before the next', () => {
    const bench = made();
    bench.end(question, nothing);
    bench.end(verb, { kind: 'never_sent', detail: 'refused' });
    expect(bench.verbs()).toEqual([question]);
    bench.end(question, nothing);
    expect(bench.open(verb).run_at).toBe(bench.now + timing.circuit_retry_ms);
  });

  test('is not proved undone by a refusal of its resend: it may still arrive', () => {
    const bench = made();
    const status = bench.payment.status;
    bench.end(question, nothing);
    bench.send(verb);
    bench.end(verb, declined);
    expect(bench.payment).toMatchObject({ status, failure: null });
    expect(bench.open(question)).toMatchObject({ awaits: 'answer', settles_at: expect.any(Number) });
    bench.end(question, nothing); // settled: now it is a fact
    expect(bench.open(verb).run_at).toBeLessThanOrEqual(bench.now + 1_000);
    bench.end(verb, declined);
    const { attempts, captures, refunds } = bench.payment;
    expect([...attempts, ...captures, ...refunds].some(({ status }) => status === 'declined' || status === 'failed')).toBe(true);
    expect(bench.verbs()).toEqual([]);
  });

  test('whose resend met a stored failure waits until nothing can happen any more, then takes the next key', () => {
    const bench = made();
    bench.end(question, nothing);
    const { channel_key } = bench.open(verb);
    bench.send(verb);
    bench.end(verb, { kind: 'unknown', detail: '500', is_stored: true });
    expect(bench.open(question)).toMatchObject({ awaits: 'answer', settles_at: expect.any(Number) });
    bench.end(question, nothing);
    expect(bench.open(verb).channel_key).toBe(`${channel_key}.2`);
  });
}); // prettier-ignore

describe('beyond the time in which a channel knows its keys', () => {
  test.each(cases.slice(1, 3))('a lost %s is sent again only when nothing can happen any more', (verb, made, question, nothing) => {
    const bench = made();
    bench.now += 24 * 3_600_000 - 10_000;
    bench.end(question, 'silent');
    expect(bench.open(question)).toMatchObject({ awaits: 'answer', settles_at: expect.any(Number) });
    bench.end(question, nothing);
    expect(bench.verbs()).toEqual([verb]);
  }); // prettier-ignore
});

test('a sync leaves the question that is under way alone', () => {
  const bench = lostCreate();
  const [word] = bench.openOperations();
  bench.tell({ kind: 'command', command: { name: 'sync' } });
  expect(bench.openOperations()).toEqual([word]);
});

test('a word that comes when the payment is given up is no proof', () => {
  const bench = lostCreate();
  const word = bench.open('query');
  bench.cancel();
  bench.tell({ kind: 'outcome', operation: word.id, answer: { kind: 'not_found' } });
  expect(bench.payment.status).toBe('canceling');
});
