import { toMinor } from '../../src/domain/money.ts';
import { viewOf } from '../../src/domain/view.ts';
import { Bench, cny, paid, qrCode, timing } from '../support/payment.ts';

const lost = { kind: 'unknown', detail: 'timeout' } as const;
const refused = { kind: 'never_sent', detail: 'ECONNREFUSED' } as const;

describe('a QR payment', () => {
  test('is created with its first call planned, shows a code, and is paid by a callback', () => {
    const bench = new Bench();
    expect(bench.verbs()).toEqual(['create']);
    bench.end('create', qrCode);
    expect(bench.payment.status).toBe('requires_action');
    expect(bench.verbs()).toEqual(['query']);
    bench.callback(paid());
    expect(bench.payment).toMatchObject({
      status: 'succeeded',
      outcome: 'known',
      paid_by: bench.attempt.id,
    });
    expect(bench.verbs()).toEqual([]);
    expect(bench.events).toEqual([
      'payment.created',
      'payment.requires_action',
      'payment.succeeded',
    ]);
    expect(bench.balance('channel_clearing')).toBe(1_999);
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });

  test('is paid when the callback comes before the answer to its own create', () => {
    const bench = new Bench();
    bench.send('create');
    bench.callback(paid());
    bench.end('create', qrCode);
    expect(bench.payment.status).toBe('succeeded');
    expect(bench.attempt.status).toBe('paid');
  });

  test('without a method waits for one and expires', () => {
    const bench = new Bench({ method: null });
    expect(bench.payment.status).toBe('requires_payment_method');
    bench.expire();
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
  });

  test('whose code ends before it does gets a new code for the same attempt', () => {
    const bench = new Bench();
    const code_ends_at = new Date(bench.now + 60_000).toISOString();
    bench.end('create', { ...qrCode, code_ends_at } as typeof qrCode);
    bench.now += 60_000;
    bench.tell({ kind: 'due', what: 'code' });
    expect(bench.verbs()).toEqual(['query', 'create']);
    expect(bench.open('create').channel_key).toBe(bench.attempt.id);
    expect(bench.payment.attempts).toHaveLength(1);
  });

  test('whose codes end again and again gets each new one at once, and is patient where it gets none', () => {
    const bench = new Bench();
    const shown = () => ({ ...qrCode, code_ends_at: new Date(bench.now + 60_000).toISOString() }) as typeof qrCode; // prettier-ignore
    for (let codes = 0; codes < 10; codes += 1) {
      expect(bench.open('create').run_at).toBe(bench.now);
      bench.end('create', shown());
      bench.now += 60_000;
      bench.tell({ kind: 'due', what: 'code' });
    }
    const delays: number[] = [];
    for (let refusals = 0; refusals < 4; refusals += 1) {
      bench.end('create', { kind: 'unknown', detail: '400 INVALID_REQUEST' });
      bench.end('query', { kind: 'open' });
      delays.push(bench.open('create').run_at - bench.now);
      bench.now = bench.open('create').run_at;
    }
    expect(delays).toEqual([0, 1_000, 2_000, 4_000]);
  });
});

describe('an unknown outcome', () => {
  test('is asked about, never guessed: an open order gets its code by a resend under the same key', () => {
    const bench = new Bench();
    const first = bench.open('create');
    bench.send('create');
    bench.end('create', lost);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    expect(bench.verbs()).toEqual(['query']);
    bench.end('query', { kind: 'open' });
    const second = bench.open('create');
    expect(second.channel_key).toBe(first.channel_key);
    expect(second.id).not.toBe(first.id);
    bench.end('create', qrCode);
    expect(bench.payment).toMatchObject({ status: 'requires_action', outcome: 'known' });
  });

  test('of a call that nobody sent is the certainty that nothing was sent', () => {
    const bench = new Bench();
    bench.end('create', 'silent');
    expect(bench.payment.outcome).toBe('known');
    expect(bench.open('create').run_at).toBe(bench.now + timing.circuit_retry_ms);
  });

  test.each([
    [700, 700],
    [60_000, timing.circuit_retry_ms],
  ])('of a call that may leave in %i ms has it made again in %i', (again_in_ms, wait) => {
    const bench = new Bench();
    bench.end('create', { kind: 'never_sent', detail: 'the circuit is open', again_in_ms });
    expect(bench.open('create').run_at).toBe(bench.now + wait);
  });

  test('of a call that was sent and not answered is asked about', () => {
    const bench = new Bench();
    bench.send('create');
    bench.end('create', 'silent');
    expect(bench.payment.outcome).toBe('unknown');
    expect(bench.verbs()).toEqual(['query']);
  });

  test('given up, takes "not found" for a fact only after every sender is out of time', () => {
    const bench = new Bench();
    const { not_after } = bench.open('create');
    bench.send('create');
    bench.end('create', lost);
    bench.cancel();
    const settles_at = not_after + timing.channel_timeout_ms + 5_000;
    expect(bench.open('query')).toMatchObject({ awaits: 'answer', settles_at });
    bench.end('query', { kind: 'not_found' });
    expect(bench.payment.status).toBe('canceled');
  });

  test('that nobody answers for 30 days becomes work for a person, whose word settles it', () => {
    const bench = new Bench();
    bench.send('create');
    bench.end('create', lost);
    bench.expire();
    expect(bench.payment).toMatchObject({ status: 'canceling', outcome: 'unknown' });
    bench.now = bench.open('query').not_after;
    bench.end('query', 'silent');
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    const [open] = bench.payment.cases;
    expect(open).toMatchObject({ kind: 'outcome_unknown', status: 'open' });
    bench.tell({
      kind: 'command',
      command: { name: 'resolve', case_id: open!.id, decision: 'treat_as_unpaid', reason: 'bill' },
    });
    expect(bench.payment).toMatchObject({ status: 'canceled', outcome: 'known' });
  });
});

describe('what a person has judged unpaid', () => {
  const judged = (codeMs: number | null = null) => {
    const bench = new Bench();
    const code_ends_at = codeMs && new Date(bench.now + codeMs).toISOString();
    bench.end('create', { ...qrCode, ...(code_ends_at && { code_ends_at }) });
    bench.end('query', { kind: 'disagrees', detail: 'the channel says 19.98 CNY' });
    const [open] = bench.payment.cases;
    bench.tell({
      kind: 'command',
      command: { name: 'resolve', case_id: open!.id, decision: 'treat_as_unpaid', reason: 'seen' },
    });
    return bench;
  };

  test('is closed at its channel before the payment goes on: its payer could still pay it', () => {
    const bench = judged();
    expect(bench.payment.status).toBe('processing');
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'closed' });
    expect(bench.payment.status).toBe('processing');
    bench.end('query', { kind: 'closed' });
    expect(bench.payment).toMatchObject({ status: 'requires_payment_method', outcome: 'known' });
    expect(bench.attempt.status).toBe('closed');
  });

  test('is not woken for a code that is dead while it is closed', () => {
    const bench = judged(60_000);
    bench.now += 90_000;
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'unknown', detail: 'timeout' });
    expect(viewOf(bench.payment, bench.now, timing).due?.in_ms).not.toBe(0);
  });

  test('is over when the channel repeats what he has judged, and he is not asked twice', () => {
    const bench = judged();
    bench.end('query', { kind: 'disagrees', detail: 'the channel says 19.98 CNY' });
    expect(bench.payment).toMatchObject({ status: 'requires_payment_method', outcome: 'known' });
    expect(bench.payment.cases).toHaveLength(1);
  });

  test('is paid all the same when the channel then tells of the agreed amount', () => {
    const bench = judged();
    bench.end('query', paid());
    expect(bench.payment).toMatchObject({ status: 'succeeded', outcome: 'known' });
  });
});

describe('giving up', () => {
  test('asks, closes, asks again, and only then is canceled', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'closed' });
    expect(bench.payment.status).toBe('canceling');
    bench.end('query', { kind: 'closed' });
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'requested' });
    expect(bench.verbs()).toEqual([]);
  });

  test('loses against a payer who was faster', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.cancel();
    bench.end('query', { kind: 'open' });
    bench.end('close', { kind: 'refused', detail: 'ORDERPAID' });
    bench.end('query', paid());
    expect(bench.payment).toMatchObject({
      status: 'succeeded',
      cancellation_reason: null,
      late: false,
    });
  });

  test('fences a call that is still queued, and needs no channel to know that nothing was sent', () => {
    const bench = new Bench();
    const queued = bench.open('create');
    bench.cancel();
    expect(bench.payment.status).toBe('canceled');
    const after = bench.attempt.operations.find((op) => op.id === queued.id);
    expect(after).toMatchObject({ fenced: true, ended: 'never_sent' });
  });

  test('waits for a call that is on its way', () => {
    const bench = new Bench();
    bench.send('create');
    bench.cancel();
    expect(bench.payment.status).toBe('canceling');
    expect(bench.verbs()).toEqual(['create']);
    bench.end('create', qrCode);
    expect(bench.verbs()).toEqual(['query']);
  });

  test('at expiry stays processing while the channel itself is still processing', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.expire();
    bench.end('query', { kind: 'pending' });
    expect(bench.payment.status).toBe('processing');
    bench.end('query', paid());
    expect(bench.payment).toMatchObject({ status: 'succeeded', late: false });
  });

  test('twice is once, and after the end is refused by what became of it', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.cancel();
    expect(bench.cancel().changed).toBe(false);
    bench.callback(paid());
    expect(bench.cancel().refused?.code).toBe('payment_already_paid');
  });
});

describe('money that comes late', () => {
  function canceled(late_money: 'accept' | 'refund' | 'hold'): Bench {
    const bench = new Bench({ late_money });
    bench.end('create', qrCode);
    bench.cancel();
    bench.end('query', { kind: 'closed' });
    return bench;
  }

  test('is sent back', () => {
    const bench = canceled('refund');
    bench.callback(paid());
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true });
    expect(bench.balance('payer_payable')).toBe(-1_999);
    bench.send('refund');
    bench.end('refund', {
      kind: 'refund',
      status: 'processing',
      amount: toMinor(1_999),
      currency: cny,
      channel_reference: 'r',
    });
    bench.end('query_refund', {
      kind: 'refund',
      status: 'succeeded',
      amount: toMinor(1_999),
      currency: cny,
      channel_reference: 'r',
    });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late', status: 'succeeded' }]);
    expect(bench.balance('channel_clearing')).toBe(0);
    expect(bench.balance('payer_payable')).toBe(0);
    expect(bench.verbs()).toEqual([]);
  });

  test('is accepted where the order is still free', () => {
    const bench = canceled('accept');
    bench.callback(paid());
    expect(bench.payment).toMatchObject({
      status: 'succeeded',
      late: true,
      cancellation_reason: null,
    });
    expect(bench.payment.refunds).toEqual([]);
  });

  test('goes back whatever the policy says when another payment holds the order', () => {
    const bench = canceled('accept');
    bench.orderFree = false;
    bench.callback(paid());
    expect(bench.payment).toMatchObject({ status: 'canceled', late: true });
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late' }]);
  });

  test('waits for a person where the app says hold', () => {
    const bench = canceled('hold');
    bench.callback(paid());
    const [open] = bench.payment.cases;
    expect(open).toMatchObject({ kind: 'late_money', status: 'open' });
    expect(bench.verbs()).toEqual([]);
    bench.tell({
      kind: 'command',
      command: { name: 'resolve', case_id: open!.id, decision: 'accept', reason: 'shipped' },
    });
    expect(bench.payment).toMatchObject({ status: 'succeeded', late: true });
    expect(bench.balance('merchant_payable')).toBe(-1_999);
    expect(bench.balance('payer_payable')).toBe(0);
  });

  test('whose refund bounces is booked back and becomes work for a person', () => {
    const bench = canceled('refund');
    bench.callback(paid());
    bench.send('refund');
    const state = {
      kind: 'refund',
      amount: toMinor(1_999),
      currency: cny,
      channel_reference: 'r',
    } as const;
    bench.end('refund', { ...state, status: 'succeeded' });
    const [refund] = bench.payment.refunds;
    bench.tell({
      kind: 'evidence',
      about: 'refund',
      reference: refund!.id,
      answer: { ...state, status: 'needs_attention' },
    });
    expect(bench.payment.refunds).toMatchObject([{ status: 'needs_attention' }]);
    expect(bench.balance('payer_payable')).toBe(-1_999);
    expect(bench.payment.cases).toMatchObject([{ kind: 'refund_undeliverable', status: 'open' }]);
  });
});

describe('a second receipt', () => {
  test('is sent back and leaves the payment paid', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.callback(paid());
    bench.callback(paid({ channel_reference: '4200002' }));
    expect(bench.payment).toMatchObject({ status: 'succeeded', late: false });
    expect(bench.payment.refunds).toMatchObject([
      { origin: 'duplicate', receipt_reference: '4200002' },
    ]);
  });

  test('told twice is one', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.callback(paid());
    expect(bench.callback(paid()).changed).toBe(false);
    expect(bench.postings).toHaveLength(1);
  });

  test('keeps the channel’s spacing between two refunds', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    for (const channel_reference of ['1', '2', '3']) bench.callback(paid({ channel_reference }));
    const [first, second] = bench.openOperations();
    expect(second!.run_at - first!.run_at).toBe(61_000); // it takes a second to be counted there
  });
});

describe('an answer that disagrees', () => {
  const wrong = paid({ amount: toMinor(1_998) });

  test('of a query freezes the attempt until a person decides', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.end('query', wrong);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'unknown' });
    expect(bench.postings).toEqual([]);
    expect(bench.events).toContain('payment.conflict');
    expect(bench.verbs()).toEqual([]);
    const [open] = bench.payment.cases;
    bench.tell({
      kind: 'command',
      command: { name: 'resolve', case_id: open!.id, decision: 'treat_as_paid', reason: 'bill' },
    });
    expect(bench.payment.status).toBe('succeeded');
  });

  test('of a callback is no evidence, but a reason to ask at once', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.callback({ kind: 'disagrees', detail: '1998' });
    expect(bench.payment.status).toBe('requires_action');
    expect(bench.open('query')).toMatchObject({ awaits: 'answer', run_at: bench.now });
  });
});

describe('a channel that is away', () => {
  test('is tried again, and nothing is owed to it at expiry', () => {
    const bench = new Bench();
    bench.end('create', refused);
    expect(bench.payment).toMatchObject({ status: 'processing', outcome: 'known' });
    expect(viewOf(bench.payment, bench.now, timing).outstanding).toEqual([]);
    bench.expire();
    expect(bench.payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
  });
});

describe('a decline', () => {
  const declined = {
    kind: 'declined',
    failure: {
      code: 'not_permitted', message: '', advice: 'use_other_method', channel_code: 'NO_AUTH', channel_message: null, retryable: false,
    },
  } as const; // prettier-ignore

  test('leads back to the choice of a method', () => {
    const bench = new Bench();
    bench.end('create', declined);
    expect(bench.payment).toMatchObject({
      status: 'requires_payment_method',
      failure: { code: 'not_permitted' },
    });
  });

  test('ends the payment where the merchant wants that', () => {
    const bench = new Bench({ on_decline: 'fail' });
    bench.end('create', declined);
    expect(bench.payment.status).toBe('failed');
  });
});
