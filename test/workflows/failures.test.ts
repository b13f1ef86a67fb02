import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import type { Answer } from '../../src/domain/outcome.ts';
import { type View, viewOf } from '../../src/domain/view.ts';
import { evidence, paymentQueue } from '../../src/workflows/messages.ts';
import { referenceOf, Rig } from '../support/actor.ts';
import { receipt } from '../support/payment.ts';
import { realEngine } from './engine.ts';
import { gate } from './gate.ts';

/** The failures that were reproduced on a real Temporal (architecture.md, [v]), and what must come of each. */
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open(await realEngine(), {
    timing: { first_poll_ms: 60_000, channel_timeout_ms: 2_000 },
    pollSchedule: [0.1],
  });
});
afterAll(() => rig.close());
afterEach(() => rig.reset());

const second = { kind: 'approved', receipt: receipt({ channel_reference: 'second' }) } as const;

describe('a signal during the last task is not lost', () => {
  test.each([
    ['a local activity', true],
    ['an ordinary activity', false],
  ])('while the last record is %s', async (_, isLocal) => {
    const { id } = await rig.withCode();
    let late: string | undefined;
    rig.around = async (message, run) => {
      if (!isLocal && Context.current().info.isLocal)
        throw ApplicationFailure.nonRetryable('the near one is out of order');
      const view = await run();
      if (view.final && message.fact.kind === 'callback') late ??= await rig.callback(id, second);
      return view;
    };
    const paid = await rig.pay(id);
    const payment = await rig.restAfter(id, ({ refunds }) => refunds.length > 0);
    expect(await rig.timeline(id)).toEqual(expect.arrayContaining([paid, late]));
    expect(payment.refunds).toMatchObject([{ origin: 'duplicate', status: 'succeeded' }]);
  });
});

test('a repeated local activity with other evidence is folded again', async () => {
  const { id } = await rig.withCode();
  let came: string | undefined;
  let last = '';
  rig.around = async (message, run) => {
    const view = await run();
    // Recorded as canceled, and the task fails: money has come meanwhile.
    if (view.status === 'canceled' && !came) {
      last = message.cause;
      came = await rig.callback(id, { kind: 'approved', receipt: receipt() });
    }
    return view;
  };
  await rig.cancel(id);
  const payment = await rig.restAfter(id, ({ late }) => late);
  const asked = rig.recorded.map((one) => one.cause);
  const from = asked.indexOf(last);
  expect(asked.slice(from, from + 3)).toEqual([last, came, last]); // the same place in the run, other arguments
  expect(payment).toMatchObject({ status: 'canceled', refunds: [{ status: 'succeeded' }] });
  expect((await rig.timeline(id)).filter((cause) => cause === last || cause === came)).toEqual([
    last,
    came,
  ]);
  expect(await rig.balances(id)).toEqual({ channel_clearing: 0, payer_payable: 0 });
});

describe('a queued sender is fenced', () => {
  test('that stands right before the socket when the payment is given up', async () => {
    const held = gate();
    const answers: (View | Answer)[] = [];
    rig.channel.beforeSend = held.arrive;
    rig.aroundCall = async (run) => {
      const answer = await run();
      answers.push(answer);
      return answer;
    };
    const { id } = await rig.create();
    await held.arrived;
    await rig.cancel(id);
    const payment = await rig.rest(id);
    expect(payment.status).toBe('canceled');
    held.open();
    await rig.eventually(() => answers.length === 1);
    expect(answers).toMatchObject([{ status: 'canceled' }]); // it was told where the payment stands
    expect(rig.channel.heard).toEqual([]);
  });

  test('that nobody has taken from the queue yet', async () => {
    await rig.callers.stop();
    const { id } = await rig.create();
    await rig.eventually(async () => (await rig.pendingActivities(id)) === 1);
    await rig.cancel(id);
    expect(await rig.rest(id)).toMatchObject({ status: 'canceled' });
    await rig.startCallers();
    const later = await rig.withCode(); // behind it in the queue
    expect(rig.channel.heard.map((one) => one.reference)).toEqual([referenceOf(later)]);
  });

  test('and when nobody ever takes it, nothing was sent: certainly', async () => {
    await rig.callers.stop();
    const payment = await rig.create();
    const first = (await rig.payment(payment.id)).attempts[0]!.operations[0]!.id;
    await rig.eventually(async () => (await rig.timeline(payment.id)).includes(first), 45_000);
    const [ended, again] = (await rig.payment(payment.id)).attempts[0]!.operations;
    expect(ended).toMatchObject({ fenced: true, sent_at: null, ended: 'never_sent' });
    expect(again).toMatchObject({ verb: 'create', channel_key: ended!.channel_key, ended: null });
    await rig.startCallers();
    await rig.until(payment.id, ({ status }) => status === 'requires_action');
    expect(rig.channel.verbsOf(referenceOf(payment))).toEqual(['create']);
  });
});

test('a second run does not send what was sent', async () => {
  const held = gate();
  rig.channel.next('create', async (own) => {
    const answer = own();
    await held.arrive();
    return answer;
  });
  const payment = await rig.create();
  await held.arrived;
  await rig.handle(payment.id).terminate('lost');
  await rig.attend(payment.id);
  await rig.until(payment.id, ({ status }) => status === 'requires_action');
  held.open();
  expect(rig.channel.verbsOf(referenceOf(payment))).toEqual(['create', 'query', 'create']);
  const [first, , resent] = (await rig.payment(payment.id)).attempts[0]!.operations;
  expect(first).toMatchObject({ ended: 'unknown' });
  expect(resent).toMatchObject({ channel_key: first!.channel_key, ended: 'answered' });
  expect(new Set(rig.channel.heard.filter((one) => one.verb === 'create').map((one) => one.body)).size).toBe(1); // prettier-ignore
  expect(rig.channel.book.orders.size).toBe(1);
});

describe('a start with what was just stored', () => {
  test('looks at nothing first', async () => {
    const payment = await rig.insert();
    await rig.begin(payment);
    expect(await rig.payment(payment.id)).toMatchObject({ status: 'requires_action' });
    const paid = await rig.pay(payment.id);
    await rig.rest(payment.id);
    expect(rig.recorded.map(({ cause }) => cause)).toEqual([paid]); // the create has recorded itself
  });

  test('that comes when all is over does nothing and ends', async () => {
    const payment = await rig.insert();
    await rig.begin(payment);
    await rig.pay(payment.id);
    await rig.rest(payment.id);
    const before = await rig.timeline(payment.id);
    const first = viewOf(payment, payment.created_at, rig.store.timing);
    const late = await rig.engine.client.workflow.start('payment', {
      workflowId: payment.id,
      taskQueue: paymentQueue,
      args: [payment.id, first],
    });
    await late.result();
    expect(await rig.payment(payment.id)).toMatchObject({ status: 'succeeded' });
    expect(await rig.timeline(payment.id)).toEqual(before);
    expect(rig.channel.verbsOf(referenceOf(payment))).toEqual(['create']);
  });

  test('that comes after the payment was given up sends nothing', async () => {
    const payment = await rig.insert();
    await rig.callers.stop();
    await rig.cancel(payment.id);
    expect(await rig.rest(payment.id)).toMatchObject({ status: 'canceled' });
    const begun = rig.begin(payment);
    await rig.startCallers();
    await begun;
    expect(await rig.rest(payment.id)).toMatchObject({ status: 'canceled' });
    expect(rig.channel.heard).toEqual([]);
  });

  test('that comes while the call is under way asks what became of it', async () => {
    const held = gate();
    rig.channel.next('create', async (own) => {
      const answer = own();
      await held.arrive();
      return answer;
    });
    const payment = await rig.create();
    await held.arrived;
    await rig.handle(payment.id).terminate('lost');
    await rig.begin(payment);
    held.open();
    expect(rig.channel.verbsOf(referenceOf(payment))).toEqual(['create', 'query', 'create']);
    expect(rig.channel.book.orders.size).toBe(1);
  });
});

describe('an update that races with the close is answered', () => {
  test('when the payment comes to its end meanwhile', async () => {
    const payments = await Promise.all(Array.from({ length: 6 }, () => rig.withCode()));
    const asked: ReturnType<Rig['cancel']>[] = [];
    rig.around = async (message, run) => {
      const view = await run();
      if (!view.final || message.fact.kind !== 'callback') return view;
      asked.push(rig.cancel(Context.current().info.workflowExecution!.workflowId));
      // Nothing tells when the server has taken the update in: long enough for some, too short for others.
      await new Promise((resolve) => setTimeout(resolve, asked.length * 10));
      return view;
    };
    for (const { id } of payments) await rig.pay(id);
    await rig.eventually(() => asked.length >= payments.length);
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ refused }) => refused?.code))).toEqual(new Set(['payment_already_paid'])); // prettier-ignore
    for (const { id } of payments) expect((await rig.rest(id)).status).toBe('succeeded');
  });

  test.each([
    ['before it was accepted', true],
    ['after it was accepted', false],
  ])('when the run is terminated %s', async (_, isLocal) => {
    const { id } = await rig.withCode();
    const held = gate();
    rig.around = async (message, run) => {
      if (!isLocal && Context.current().info.isLocal)
        throw ApplicationFailure.nonRetryable('the near one is out of order');
      const view = await run();
      if (message.fact.kind === 'command') await held.arrive();
      return view;
    };
    const answer = rig.cancel(id, 'the-cause');
    await held.arrived;
    await rig.handle(id).terminate('at the worst moment');
    held.open();
    expect((await answer).refused).toBeUndefined();
    expect(await rig.rest(id)).toMatchObject({ status: 'canceled' });
    expect((await rig.timeline(id)).filter((cause) => cause === 'the-cause')).toHaveLength(1);
  });
});

test('F25: one bad signal does not freeze a payment', async () => {
  const payment = await rig.withCode();
  const query = payment.attempts[0]!.operations.find((op) => op.verb === 'query')!.id;
  const fact = (given: object) => ({ cause: 'bad', fact: given });
  const bad: unknown[] = [
    null, 'text', 7, [], {}, { cause: '' }, { cause: 'bad' }, { cause: 'bad', fact: null }, fact({}), fact({ kind: 'nonsense' }),
    fact({ kind: 'outcome', operation: query, answer: null }), fact({ kind: 'outcome', operation: query, answer: { kind: 'approved' } }),
    fact({ kind: 'due', what: 7 }), fact({ kind: 'command', command: null }), fact({ kind: 'callback', callback: { id: 1 } }),
    { cause: query, fact: { kind: 'attend' } }, { cause: 'cbk_none', fact: { kind: 'callback', callback: 'cbk_none' } },
  ]; // prettier-ignore
  for (const one of bad) await rig.handle(payment.id).signal(evidence, one as never);
  await rig.handle(payment.id).signal('nobody listens to this');
  const poison = await rig.callback(payment.id, { kind: 'approved', receipt: null as never });
  await rig.eventually(() => rig.recorded.some((one) => one.cause === poison));
  await rig.pay(payment.id);
  expect(await rig.rest(payment.id)).toMatchObject({ status: 'succeeded', refunds: [] });
  expect(await rig.timeline(payment.id)).not.toContain(poison); // it stays stored, and unconsumed
});

test('F25: one bad command is told so and does not freeze a payment', async () => {
  const payment = await rig.withCode();
  const unstorable = {
    name: 'cancel',
    note: 'a text that PostgreSQL takes nowhere: \u0000',
  } as const;
  await expect(rig.command(payment.id, unstorable)).rejects.toThrow();
  const misshapen = [{ kind: 'attend' }, { kind: 'command' }, { kind: 'command', command: {} }];
  for (const fact of misshapen) {
    const message = { cause: 'misshapen', fact: fact as never };
    await expect(rig.actor.command(payment, message, 20_000)).rejects.toThrow();
  }
  expect((await rig.cancel(payment.id)).refused).toBeUndefined();
  expect(await rig.rest(payment.id)).toMatchObject({ status: 'canceled', cancel_note: null });
});
