import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import { Bench, choiceOf, cny, paid, qrCode } from '../support/payment.ts';

const confirm = (bench: Bench, method: string) =>
  bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf(method) } });
const receipt = { channel_reference: 'ch_1', amount: toMinor(1_999), currency: cny, paid_at: '2026-11-24T00:00:05Z' }; // prettier-ignore

describe('a confirm', () => {
  test('gives a payment without a method its first attempt', () => {
    const bench = new Bench({ method: null });
    confirm(bench, 'wechat_pay_qr');
    expect(bench.payment).toMatchObject({ status: 'processing', method: 'wechat_pay_qr', next: null });
    bench.end('create', qrCode);
    expect(bench.payment.status).toBe('requires_action');
  }); // prettier-ignore

  test('after a decline makes a second attempt, which may be paid', () => {
    const bench = new Bench({ method: 'card' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    const failure = failureOf('insufficient_funds', { code: 'insufficient_funds', message: null });
    bench.end('confirm', { kind: 'declined', failure });
    expect(bench.payment).toMatchObject({ status: 'requires_payment_method', failure });
    confirm(bench, 'card');
    bench.end('create', { kind: 'created', handle: 'pi_2' });
    bench.end('confirm', { kind: 'approved', receipt });
    expect(bench.payment).toMatchObject({ status: 'succeeded', failure: null });
    expect(bench.payment.attempts.map((one) => one.status)).toEqual(['declined', 'paid']);
  });

  test('closes the earlier attempt at its channel before the new one begins', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    confirm(bench, 'card');
    expect(bench.payment).toMatchObject({ status: 'processing', attempts: [{ ending: 'ask' }] });
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'closed' });
    expect(bench.payment.attempts).toHaveLength(1);
    bench.end('query', { kind: 'closed' });
    expect(bench.payment.attempts.map((one) => one.status)).toEqual(['closed', 'planned']);
    expect(bench.payment.method).toBe('card');
    expect(bench.verbs()).toEqual(['create']);
  });

  test('loses against a payer who was faster with the earlier method', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    confirm(bench, 'card');
    bench.callback(paid());
    expect(bench.payment).toMatchObject({ status: 'succeeded', method: 'wechat_pay_qr', next: null });
    expect(bench.payment.attempts).toHaveLength(1);
  }); // prettier-ignore

  test('whose earlier attempt is paid after all sends that receipt back as a duplicate', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    const [earlier] = bench.payment.attempts;
    confirm(bench, 'card');
    bench.end('query', { kind: 'closed' });
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.end('confirm', { kind: 'approved', receipt });
    bench.tell({ kind: 'evidence', about: 'attempt', reference: earlier!.id, answer: paid() });
    expect(bench.payment).toMatchObject({ status: 'succeeded', refunds: [{ origin: 'duplicate', attempt_id: earlier!.id }] }); // prettier-ignore
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('is refused while the outcome is unknown, while another one waits, and at the end', () => {
    const unknown = new Bench();
    unknown.send('create');
    unknown.end('create', { kind: 'unknown', detail: 'timeout' });
    expect(confirm(unknown, 'card').refused?.code).toBe('payment_outcome_unknown');
    const switching = new Bench();
    switching.end('create', qrCode);
    confirm(switching, 'card');
    expect(confirm(switching, 'card').refused?.code).toBe('payment_not_confirmable');
    const ended = new Bench();
    ended.end('create', qrCode);
    ended.callback(paid());
    expect(confirm(ended, 'card').refused?.code).toBe('payment_not_confirmable');
  });

  test('is forgotten when the payment is given up meanwhile', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    confirm(bench, 'card');
    bench.cancel();
    bench.end('query', { kind: 'closed' });
    expect(bench.payment).toMatchObject({ status: 'canceled', next: null });
    expect(bench.payment.attempts).toHaveLength(1);
  });

  test('beyond the number of attempts fails', () => {
    const bench = new Bench({ method: 'card' });
    const failure = failureOf('card_declined', { code: null, message: null });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      bench.end('create', { kind: 'created', handle: `pi_${attempt}` });
      bench.end('confirm', { kind: 'declined', failure });
      if (attempt < 5) confirm(bench, 'card');
    }
    expect(bench.payment).toMatchObject({ status: 'failed', failure });
    expect(confirm(bench, 'card').refused?.code).toBe('payment_not_confirmable');
  });
});

describe('the number of attempts', () => {
  const declined = { kind: 'declined', failure: failureOf('card_declined', { code: null, message: null }) } as const; // prettier-ignore
  const decline = (bench: Bench) => {
    bench.end('create', { kind: 'created', handle: 'pi_1' });
    bench.end('confirm', declined);
  };

  test('counts each attempt: when the last allowed one is declined, the payment has failed', () => {
    const bench = new Bench({ max_attempts: 2 });
    bench.end('create', qrCode);
    confirm(bench, 'card');
    bench.end('query', { kind: 'closed' });
    decline(bench);
    expect(bench.payment).toMatchObject({ status: 'failed', failure: declined.failure });
    expect(bench.payment.attempts.map((one) => one.status)).toEqual(['closed', 'declined']);
  });

  test('is not passed by a switch: the attempt that lives goes on', () => {
    const bench = new Bench({ max_attempts: 1 });
    bench.end('create', qrCode);
    expect(confirm(bench, 'card').refused).toEqual({ code: 'payment_not_confirmable', detail: 'pay_1 has had its 1 attempts' }); // prettier-ignore
    expect(bench.payment).toMatchObject({ status: 'requires_action', next: null });
    bench.callback(paid());
    expect(bench.payment.status).toBe('succeeded');
  });

  test('leaves a payment whose last attempt was closed to its expiry', () => {
    const bench = new Bench({ max_attempts: 1 });
    bench.end('create', qrCode);
    bench.callback({ kind: 'closed' });
    expect(bench.payment.status).toBe('requires_payment_method');
    expect(confirm(bench, 'card').refused?.code).toBe('payment_not_confirmable');
    bench.expire();
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
  });

  test('allows as many declines as attempts', () => {
    const bench = new Bench({ method: 'card', max_attempts: 3 });
    for (let times = 1; times < 3; times += 1) {
      decline(bench);
      expect(bench.payment.status).toBe('requires_payment_method');
      expect(confirm(bench, 'card').refused).toBeUndefined();
    }
    decline(bench);
    expect(bench.payment.status).toBe('failed');
  });
});
