import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import { readConfig } from '../../src/config.ts';
import { attend } from '../../src/stack/attendance.ts';
import { search } from '../../src/workflows/search.ts';
import { referenceOf, Rig } from '../support/actor.ts';
import { receipt } from '../support/payment.ts';
import { realEngine } from './engine.ts';

/** What an operator sees in the Temporal UI, and what a run costs there. */
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open(await realEngine(), {
    timing: { first_poll_ms: 60_000 },
    pollSchedule: [0.1],
  });
});
afterAll(() => rig.close());
afterEach(() => rig.reset());

describe('an ordinary QR payment', () => {
  test('costs at most 24 events and 6 kB of history', async () => {
    const payment = await rig.insert();
    await rig.begin(payment);
    await rig.pay(payment.id);
    expect(await rig.rest(payment.id)).toMatchObject({ status: 'succeeded' });
    const { historyLength, historySize } = await rig.describe(payment.id);
    expect(historyLength).toBeLessThanOrEqual(24);
    expect(historySize).toBeLessThanOrEqual(6_144);
  });

  test('does not carry its polls in its history', async () => {
    const payment = await rig.withCode();
    await rig.command(payment.id, { name: 'sync' });
    rig.channel.always('query', () => 'lose');
    const asks = () => rig.channel.verbsOf(referenceOf(payment)).filter((verb) => verb === 'query');
    await rig.eventually(() => asks().length > 4);
    rig.channel.noMore('query');
    await rig.pay(payment.id);
    await rig.rest(payment.id);
    const scheduled = (await eventsOf(payment.id)).filter((event) => event.activityTaskScheduledEventAttributes); // prettier-ignore
    expect(scheduled).toHaveLength(2); // the create, and the one question however often it was asked
  });
});

describe('the Temporal UI', () => {
  test('is found by the payment’s id and says amount and order', async () => {
    const payment = await rig.withCode({ order_no: 'A-1001' });
    const run = await rig.describe(payment.id);
    expect(run.workflowId).toBe(payment.id);
    expect(await run.staticSummary()).toBe('19.99 CNY · A-1001');
  });

  test('has the attributes from the start, and again where the payment rests', async () => {
    await rig.callers.stop();
    const payment = await rig.create();
    expect(await attributesOf(payment.id)).toEqual({
      MerchantId: payment.merchant_id,
      AppId: payment.app_id,
      OrderNo: payment.order_no,
      PaymentStatus: 'processing',
      PaymentOutcome: 'known',
      Channel: 'scripted',
      Currency: 'CNY',
      NeedsAttention: undefined,
      AmountMinor: 1_999,
    });
    await rig.startCallers();
    await rig.until(payment.id, ({ status }) => status === 'requires_action');
    await rig.command(payment.id, { name: 'sync' }); // as when the first poll comes
    await rig.eventually(async () => (await attributesOf(payment.id))['PaymentStatus'] === 'requires_action'); // prettier-ignore
    await rig.pay(payment.id);
    await rig.rest(payment.id);
    expect(await attributesOf(payment.id)).toMatchObject({ PaymentStatus: 'succeeded' });
    expect(await upsertsOf(payment.id)).toBe(2);
  });

  test('has them only from the start and the end of a payment whose callback comes before the first poll', async () => {
    const { id } = await rig.withCode();
    expect(await attributesOf(id)).toMatchObject({ PaymentStatus: 'processing' });
    await rig.pay(id);
    await rig.rest(id);
    expect(await attributesOf(id)).toMatchObject({ PaymentStatus: 'succeeded' });
    expect(await upsertsOf(id)).toBe(1);
  });

  test('says what a person must decide, until it is decided', async () => {
    const { id, order_no } = await rig.withCode({ late_money: 'hold' });
    await rig.cancel(id);
    await rig.rest(id);
    await rig.callback(id, { kind: 'approved', receipt: receipt() });
    const { cases } = await rig.restAfter(id, (payment) => payment.cases.length > 0);
    expect(await attributesOf(id)).toMatchObject({ NeedsAttention: 'late_money', PaymentStatus: 'canceled' }); // prettier-ignore
    expect(await sentenceOf(rig.handle(id))).toMatch(/A person must decide: late_money/);
    const waiting = `OrderNo = '${order_no}' and NeedsAttention = 'late_money'`;
    await rig.eventually(async () => (await found(waiting)).includes(id));
    const decision = { name: 'resolve', case_id: cases[0]!.id, decision: 'accept' } as const;
    await rig.command(id, { ...decision, reason: 'in stock' });
    await rig.restAfter(id, ({ status }) => status === 'succeeded');
    expect(await attributesOf(id)).toMatchObject({ NeedsAttention: undefined, PaymentStatus: 'succeeded' }); // prettier-ignore
  });

  test('flags an open payment that needs a person, and no longer than that', async () => {
    const { id } = await rig.withCode();
    rig.channel.next('query', () => ({ kind: 'disagrees', detail: 'it says 1.00' }));
    await rig.command(id, { name: 'sync' });
    const { cases } = await rig.until(id, (payment) => payment.cases.length > 0);
    expect(await attributesOf(id)).toMatchObject({ NeedsAttention: 'conflict', PaymentStatus: 'processing' }); // prettier-ignore
    const decision = { name: 'resolve', case_id: cases[0]!.id, decision: 'treat_as_unpaid' } as const; // prettier-ignore
    await rig.command(id, { ...decision, reason: 'a test at the channel' });
    await rig.until(id, ({ status }) => status === 'requires_payment_method');
    expect(await attributesOf(id)).toMatchObject({ NeedsAttention: undefined });
    await rig.cancel(id);
    await rig.rest(id);
  });

  test('says in one sentence where the payment stands', async () => {
    const payment = await rig.withCode({ order_no: 'A-1002' });
    const waits = '19.99 CNY · A-1002: Waits for the payer.'; // the run may say so after the row does
    await rig.eventually(async () => (await sentenceOf(rig.handle(payment.id))) === waits);
    await rig.pay(payment.id);
    await rig.rest(payment.id);
    expect(await sentenceOf(rig.handle(payment.id))).toBe('19.99 CNY · A-1002: Paid.');
  });

  test('names the attempt on each activity and timer', async () => {
    const payment = await rig.withCode();
    const reference = referenceOf(payment);
    await rig.cancel(payment.id);
    await rig.rest(payment.id);
    const events = await eventsOf(payment.id);
    const titled = (is: 'activityTaskScheduledEventAttributes' | 'timerStartedEventAttributes') =>
      events.filter((event) => event[is]).map((event) => read(event.userMetadata?.summary));
    const calls = titled('activityTaskScheduledEventAttributes');
    expect(calls).toEqual(
      ['create', 'query', 'close', 'query'].map((verb) => `${verb} ${reference}`),
    );
    expect(titled('timerStartedEventAttributes')).toEqual([expect.stringMatching(`^query ${reference} op_`)]); // prettier-ignore
  });
});

test('a run terminated in the UI is begun again by the attendance, and nothing is made twice', async () => {
  const payment = await rig.withCode();
  await rig.handle(payment.id).terminate('by mistake');
  const store = rig.storeAhead(10 * 60_000); // attend_at has passed
  const config = readConfig({
    DATABASE_URL: rig.databaseUrl,
    TEMPORAL_ADDRESS: rig.engine.address,
  });
  const attendance = attend(store, config);
  await rig.eventually(async () => (await rig.describe(payment.id)).status.name === 'RUNNING');
  await attendance.stop();
  await store.close();
  await rig.pay(payment.id);
  expect(await rig.rest(payment.id)).toMatchObject({ status: 'succeeded' });
  expect(rig.channel.verbsOf(referenceOf(payment))).toEqual(['create']);
});

async function eventsOf(id: string) {
  return (await rig.handle(id).fetchHistory()).events ?? [];
}

async function upsertsOf(id: string): Promise<number> {
  const events = await eventsOf(id);
  return events.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length;
}

async function attributesOf(id: string): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await rig.describe(id);
  return Object.fromEntries(
    Object.values(search).map((key) => [key.name, typedSearchAttributes.get(key as never)]),
  );
}

async function found(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const run of rig.engine.client.workflow.list({ query })) ids.push(run.workflowId);
  return ids;
}

/** The current details, as the UI asks for them. */
async function sentenceOf(handle: WorkflowHandle): Promise<unknown> {
  const answer = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return answer.currentDetails;
}

function read(summary: object | null | undefined): unknown {
  return summary && defaultPayloadConverter.fromPayload(summary);
}
