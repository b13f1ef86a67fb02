import {
  failureBy,
  failureCatalogue,
  type FailureCode,
  failureOf,
} from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import { paymentObject } from '../../src/domain/payment-object.ts';
import { backup, Bench, choiceOf, noDetails, paid, qrCode, receipt } from '../support/payment.ts';

const unreached: Answer = { kind: 'never_sent', detail: 'ECONNREFUSED' };
const lost: Answer = { kind: 'unknown', detail: 'timeout' };
const declined = (code: FailureCode): Answer & { kind: 'declined' } => ({
  kind: 'declined',
  failure: failureOf(code, { code: null, message: null }),
});

const cards = (given: ConstructorParameters<typeof Bench>[0] = {}) =>
  new Bench({ method: 'card', backups: [backup('adyen'), backup('stripe', 'cha_3')], ...given });
const codes = () => new Bench({ backups: [backup('wechat-pay')] });
const places = ({ payment }: Bench) =>
  payment.attempts.map(({ channel_account, status }) => `${channel_account} ${status}`);
const confirming = (bench = cards()) => {
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  return bench;
};

describe('a payment whose rule names a second account', () => {
  test('goes there at once when nothing left for the first, and stays in processing', () => {
    const bench = cards();
    const [first] = bench.payment.attempts;
    bench.end('create', unreached);
    expect(places(bench)).toEqual(['cha_1 closed', 'cha_2 planned']);
    expect(bench.payment.status).toBe('processing');
    expect(bench.events).toEqual(['payment.created']);
    const [, second] = bench.payment.attempts;
    expect(second).toMatchObject({ channel: 'adyen', token: 'tok_ok', method: 'card' });
    expect(second?.routing).toEqual({
      rules_version: 3,
      rule: 'split',
      reason: `backup of ${first?.id}: stripe was not reached (ECONNREFUSED); 'split' names adyen (cha_2) next`,
      backup_of: first?.id,
    });
    expect(bench.verbs()).toEqual(['create']);
    bench.end('create', paid());
    expect(bench.payment).toMatchObject({ status: 'succeeded', paid_by: second?.id });
  });

  test('tries each account once, and at the last waits for its channel to come back', () => {
    const bench = cards();
    for (let tries = 0; tries < 4; tries += 1) bench.end('create', unreached);
    expect(places(bench)).toEqual(['cha_1 closed', 'cha_2 closed', 'cha_3 planned']);
    expect(bench.payment.status).toBe('processing');
  });

  test('goes there when its channel declines for a reason of its own, also where one decline is the end', () => {
    const bench = confirming(cards({ on_decline: 'fail' }));
    bench.end('confirm', declined('processing_error'));
    expect(places(bench)).toEqual(['cha_1 declined', 'cha_2 planned']);
    expect(bench.payment).toMatchObject({
      status: 'processing',
      failure: { code: 'processing_error' },
    });
    expect(bench.payment.attempts[1]?.routing?.reason).toContain('stripe declined it (processing_error)'); // prettier-ignore
    bench.end('create', declined('card_declined'));
    expect(bench.payment.status).toBe('failed');
    expect(bench.payment.attempts).toHaveLength(2);
  });

  test.each(Object.entries(failureCatalogue))('declined as %s moves as the catalogue says', (code, { failover }) => {
    const bench = confirming();
    bench.end('confirm', declined(code as FailureCode));
    expect(bench.payment.attempts).toHaveLength(failover ? 2 : 1);
    expect(bench.payment.status).toBe(failover ? 'processing' : 'requires_payment_method');
  }); // prettier-ignore

  test('goes there when its channel, asked what became of a lost confirmation, has closed the order', () => {
    const bench = confirming();
    bench.end('confirm', lost);
    expect(places(bench)).toEqual(['cha_1 unknown']);
    bench.end('query', { kind: 'closed' });
    expect(places(bench)).toEqual(['cha_1 closed', 'cha_2 planned']);
  });

  test('waits for a call that is under way before it goes on, and says processing meanwhile', () => {
    const bench = confirming();
    bench.send('confirm');
    bench.callback(declined('processing_error'));
    expect(places(bench)).toEqual(['cha_1 declined']);
    expect(bench.payment.status).toBe('processing');
    bench.end('confirm', declined('processing_error'));
    expect(places(bench)).toEqual(['cha_1 declined', 'cha_2 planned']);
    expect(bench.events).toEqual(['payment.created']);
  });

  test('sends back money that comes under the first account after all', () => {
    const bench = confirming();
    bench.end('confirm', declined('processing_error'));
    bench.end('create', paid({ channel_reference: 'psp_2' }));
    bench.callback(paid({ channel_reference: 'ch_1' }));
    expect(bench.payment.refunds).toMatchObject([{ origin: 'duplicate', amount: 1_999 }]);
  });
});

describe('a payment stays where it is', () => {
  test('while what became of a call is unknown', () => {
    for (const bench of [codes(), cards({ method: 'ideal' })]) {
      bench.end('create', lost);
      expect(bench.payment.attempts).toHaveLength(1);
      expect(bench.payment.outcome).toBe('unknown');
    }
  });

  test('when a call before the one that never left may have been executed', () => {
    const bench = codes();
    bench.end('create', lost);
    bench.end('query', { kind: 'not_found' });
    bench.end('create', unreached);
    expect(places(bench)).toEqual(['cha_1 unknown']);
  });

  test('when its order was made by a call that nobody answered, whatever is said of it', () => {
    const bench = cards({ method: 'ideal' });
    bench.send('create');
    bench.end('create', lost);
    bench.callback(declined('processing_error'));
    expect(places(bench)).toEqual(['cha_1 declined']);
  });

  test('when its channel refused by a code that nobody has read up yet, and the mark is not shown', () => {
    const failure = failureBy(undefined, { code: 'of_tomorrow', message: 'No.' });
    const bench = confirming();
    bench.end('confirm', { kind: 'declined', failure });
    expect(places(bench)).toEqual(['cha_1 declined']);
    const shown = paymentObject(bench.payment, noDetails);
    expect(shown).toMatchObject({
      failure: { code: 'processing_error', channel_code: 'of_tomorrow' },
    });
    expect(JSON.stringify(shown)).not.toContain('is_unmapped');
  });

  test('when what the payer’s bank has refused is said again in other words', () => {
    for (const on_decline of ['retry', 'fail'] as const) {
      const bench = confirming(cards({ on_decline }));
      bench.end('confirm', declined('insufficient_funds'));
      const { status } = bench.payment;
      bench.callback(declined('processing_error'));
      bench.tell({ kind: 'command', command: { name: 'sync' } });
      if (bench.verbs().includes('query')) bench.end('query', { kind: 'closed' });
      expect(places(bench)).toEqual(['cha_1 declined']);
      expect(bench.payment).toMatchObject({ status, failure: { code: 'insufficient_funds' } });
    }
  });

  test('when his bank’s word comes after a notice that named another reason', () => {
    const bench = confirming();
    bench.send('confirm');
    bench.callback(declined('processing_error'));
    bench.end('confirm', declined('insufficient_funds'));
    expect(places(bench)).toEqual(['cha_1 declined']);
    expect(bench.payment).toMatchObject({
      status: 'requires_payment_method',
      failure: { code: 'insufficient_funds' },
    });
  });

  test('while a person must judge what its channel said, of this attempt or one before', () => {
    const strange = paid({ amount: toMinor(100) });
    const bench = confirming();
    bench.send('confirm');
    bench.callback(declined('processing_error'));
    bench.end('confirm', strange);
    expect(places(bench)).toEqual(['cha_1 declined']);
    expect(bench.payment).toMatchObject({ outcome: 'unknown', cases: [{ kind: 'conflict' }] });
    const moved = confirming();
    moved.end('confirm', declined('processing_error'));
    moved.callback(strange);
    moved.end('create', unreached); // waits for its channel instead
    expect(places(moved)).toEqual(['cha_1 declined', 'cha_2 planned']);
    moved.end('create', declined('processing_error'));
    expect(places(moved)).toEqual(['cha_1 declined', 'cha_2 declined']);
  });

  test('when the payer has been shown something', () => {
    const bench = codes();
    bench.end('create', qrCode);
    bench.callback(declined('processing_error'));
    expect(places(bench)).toEqual(['cha_1 declined']);
  });

  test('when he has shown a code of his own', () => {
    const bench = new Bench({ method: 'wechat_pay_code', backups: [backup('wechat-pay')] });
    bench.end('create', unreached);
    expect(places(bench)).toEqual(['cha_1 planned']);
  });

  test('when nobody was there to send its call in time', () => {
    const bench = cards();
    bench.now = bench.open('create').not_after + 20_000;
    bench.end('create', { kind: 'never_sent', detail: 'the send fence is closed' });
    expect(places(bench)).toEqual(['cha_1 planned']);
    expect(bench.open('create').run_at).toBeLessThanOrEqual(bench.now);
  });

  test('when no rule names another account', () => {
    const bench = new Bench({ method: 'card' });
    bench.end('create', unreached);
    expect(places(bench)).toEqual(['cha_1 planned']);
    expect(bench.open('create').run_at).toBeGreaterThan(bench.now);
  });

  test('when it has had its attempts', () => {
    const bench = confirming(cards({ max_attempts: 1 }));
    bench.end('confirm', declined('processing_error'));
    expect(bench.payment.status).toBe('failed');
    const unsent = cards({ max_attempts: 1 });
    unsent.end('create', unreached);
    expect(places(unsent)).toEqual(['cha_1 planned']);
  });

  test('when it is given up, or its time is over', () => {
    const canceled = cards();
    canceled.send('create');
    canceled.cancel();
    canceled.end('create', unreached);
    expect(canceled.payment.status).toBe('canceled');
    const expired = cards();
    expired.send('create');
    expired.expire();
    expired.end('create', unreached);
    expect([canceled, expired].map(places)).toEqual([['cha_1 closed'], ['cha_1 closed']]);
  });

  test('when the payer has chosen otherwise', () => {
    const bench = cards();
    bench.send('create');
    const choice = { ...choiceOf('card'), token: 'tok_other' };
    bench.tell({ kind: 'command', command: { name: 'confirm', choice } });
    bench.end('create', unreached);
    expect(places(bench)).toEqual(['cha_1 closed', 'cha_1 planned']);
    expect(bench.payment.attempts[1]).toMatchObject({ token: 'tok_other', backups: null });
  });

  test('when its channel once held the money', () => {
    const bench = confirming(cards({ capture: 'manual' }));
    const { amount: held, currency } = receipt();
    const hold = { kind: 'held', channel_reference: 'ch_1', held, captured: 0 as typeof held, currency, ends_at: null } as const; // prettier-ignore
    bench.end('confirm', { ...hold, is_over: false });
    bench.callback({ ...hold, held: 0 as typeof held, is_over: true });
    expect(bench.payment.attempts).toHaveLength(1);
  });
});

test('a payment goes on at the backup when its channel cannot be reached between the order and its confirmation', () => {
  const bench = cards();
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  bench.end('confirm', unreached);
  expect(places(bench)).toEqual(['cha_1 closed', 'cha_2 planned']);
  const lost = confirming(cards());
  lost.end('confirm', { kind: 'unknown', detail: 'timeout' });
  expect(places(lost)).toEqual(['cha_1 unknown']);
});
