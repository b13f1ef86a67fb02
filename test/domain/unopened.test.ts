import fc from 'fast-check';

import { failureOf } from '../../src/domain/failure.ts';
import type { QueryAnswer } from '../../src/domain/outcome.ts';
import { Bench, choiceOf, paid, qrCode } from '../support/payment.ts';

const lost = { kind: 'unknown', detail: 'ECONNRESET' } as const;
const denied: QueryAnswer = { kind: 'not_found' };
const marginMs = 30_000;

/** A code in the payer's hand, of a channel that knows of no order before he opens it. */
function shown(given: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench({ method: 'alipay_qr', ...given });
  bench.send('create');
  bench.end('create', qrCode);
  return bench;
}

const ended = (bench: Bench) => bench.payment.expires_at + marginMs;

describe('an order that nobody has opened', () => {
  test('waits for the payer, and is asked about until it can be opened no more', () => {
    const bench = shown();
    expect(bench.payment).toMatchObject({ status: 'requires_action', outcome: 'known' });
    expect(bench.open('query')).toMatchObject({ awaits: 'change', settles_at: ended(bench) });
  });

  test.each(['cancel', 'expire'] as const)(
    'is not dead by a %s: only its own end is the proof',
    (giveUp) => {
      const bench = shown();
      bench[giveUp]();
      expect(bench.payment.status).toBe('canceling');
      expect(bench.open('query')).toMatchObject({ awaits: 'answer', settles_at: ended(bench) });
      bench.end('query', denied); // believed too early
      expect(bench.payment.status).toBe('canceling');
      expect(bench.verbs()).toEqual(['query']);
      bench.now = ended(bench);
      bench.end('query', denied);
      expect(bench.payment.status).toBe('canceled');
      expect(bench.attempt.status).toBe('closed');
      expect(bench.verbs()).toEqual([]);
    },
  );

  test('that the payer opens while it is given up is closed, and that is proved', () => {
    const bench = shown();
    bench.cancel();
    bench.end('query', { kind: 'open' });
    expect(bench.verbs()).toEqual(['close']);
    bench.end('close', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment.status).toBe('canceled');
  });

  test('of which the close is refused is asked about again', () => {
    const bench = shown();
    bench.cancel();
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'refused', detail: 'ACQ.TRADE_NOT_EXIST' });
    expect(bench.payment.status).toBe('canceling');
    expect(bench.verbs()).toEqual(['query']);
  });

  test('that the payer pays while it is given up is paid', () => {
    const bench = shown();
    bench.cancel();
    bench.callback(paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('keeps another method waiting: there is never a second code beside it', () => {
    const bench = shown();
    const choice = choiceOf('wechat_pay_qr');
    bench.tell({ kind: 'command', command: { name: 'confirm', choice } });
    bench.end('query', denied);
    expect(bench.payment).toMatchObject({ status: 'processing', attempts: [{ method: 'alipay_qr' }] });
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'closed' });
    bench.end('query', { kind: 'closed' });
    expect(bench.payment.attempts.map((one) => one.method)).toEqual(['alipay_qr', 'wechat_pay_qr']);
  }); // prettier-ignore

  test('that was opened once is not believed to be gone', () => {
    const bench = shown();
    bench.cancel();
    bench.end('query', { kind: 'open' });
    bench.end('close', lost);
    bench.now = ended(bench);
    bench.end('query', denied);
    expect(bench.payment.status).toBe('canceling');
    expect(bench.verbs()).toEqual(['query']);
  });

  test('still takes late money after its end', () => {
    const bench = shown();
    bench.expire();
    bench.now = ended(bench);
    bench.end('query', denied);
    bench.callback(paid());
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true, refunds: [{ origin: 'late' }] });
  }); // prettier-ignore
});

describe('a lost create of such an order', () => {
  const lostCreate = () => {
    const bench = new Bench({ method: 'alipay_qr' });
    bench.send('create');
    bench.end('create', lost);
    return bench;
  };

  test('is sent again on the channel’s word, and shows its code', () => {
    const bench = lostCreate();
    bench.end('query', denied);
    bench.end('create', qrCode);
    expect(bench.payment).toMatchObject({ status: 'requires_action', outcome: 'known' });
  });

  test('is not disproved by "not found", nor by a refusal of the resend', () => {
    const bench = lostCreate();
    bench.end('query', denied);
    const failure = failureOf('not_permitted', { code: 'x', message: null });
    bench.end('create', { kind: 'declined', failure });
    bench.now += 60_000;
    bench.end('query', denied);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    bench.expire();
    bench.now = ended(bench);
    bench.end('query', denied);
    expect(bench.payment.status).toBe('canceled');
  });

  test('that never left is nothing that could be opened', () => {
    const bench = new Bench({ method: 'alipay_qr' });
    bench.cancel();
    expect(bench.payment.status).toBe('canceled');
  });
});

test('whatever happens before its end, "not found" neither ends such an order nor lets another begin', () => {
  const choice = choiceOf('wechat_pay_qr');
  const step = fc.constantFrom('cancel', 'confirm', 'deny', 'lose', 'sync', 'code', 'wait');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const bench = shown();
      for (const taken of steps) {
        const open = bench.verbs();
        if (taken === 'cancel') bench.cancel();
        else if (taken === 'confirm') bench.tell({ kind: 'command', command: { name: 'confirm', choice } });
        else if (taken === 'sync') bench.tell({ kind: 'command', command: { name: 'sync' } });
        else if (taken === 'wait') bench.now = Math.min(bench.now + 300_000, ended(bench) - 1);
        else if (taken === 'code' && open.includes('create')) bench.end('create', qrCode);
        else if (open.includes('query')) bench.end('query', taken === 'deny' ? denied : 'silent');
        expect(bench.payment.attempts).toHaveLength(1);
        expect(['requires_action', 'unknown']).toContain(bench.attempt.status);
      }
    }),
    { numRuns: 5_000 },
  );
}); // prettier-ignore
