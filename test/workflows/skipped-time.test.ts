import type { StoredPayment } from '../../src/store/payment.ts';
import { referenceOf, Rig } from '../support/actor.ts';
import { skippingEngine } from './engine.ts';
import { askedForMs, paths, pathsOfTime } from './paths.ts';

/** Days pass in seconds: real workflow, store, fence and ledger, one payment at a time. */
const pollSchedule = [5, 5, 10, 60, 3_600, 43_200];
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open(await skippingEngine(), { pollSchedule });
});
afterAll(() => rig.close());
afterEach(() => rig.reset());

const taken = { channel_clearing: 1_999, merchant_payable: -1_999 };
const givenBack = { channel_clearing: 0, payer_payable: 0 };

describe('an order that nobody pays', () => {
  test('is closed at its expiry: query, close, query, and only then canceled', async () => {
    const payment = await rested(pathsOfTime['expired unpaid']);
    expect(payment).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
    expect(heard(payment).slice(-3)).toEqual(['query', 'close', 'query']);
    expect(rig.channel.book.orders.get(referenceOf(payment))?.state).toBe('closed');
    expect(await rig.balances(payment.id)).toEqual({});
    const again = await rig.insert({ order_no: payment.order_no }); // its number is free again
    expect(again.order_no).toBe(payment.order_no);
  });

  test('and is paid while it is being closed, is paid', async () => {
    const payment = await rested(pathsOfTime['paid while it was being closed']);
    expect(payment).toMatchObject({ status: 'succeeded', given_up: 'expired', late: false });
    expect(heard(payment).slice(-3)).toEqual(['query', 'close', 'query']);
    expect(await rig.balances(payment.id)).toEqual(taken);
  });

  test('is canceled on request by the same three steps', async () => {
    const payment = await rested(paths['canceled before it was paid']);
    expect(payment).toMatchObject({ status: 'canceled', cancellation_reason: 'requested' });
    expect(heard(payment)).toEqual(['create', 'query', 'close', 'query']);
  });

  test('is canceled from the Temporal UI as by the command, and the run completes', async () => {
    const payment = await rested(paths['canceled from the Temporal UI']);
    expect(payment).toMatchObject({ status: 'canceled', cancel_note: 'from the Temporal UI' });
    expect(heard(payment)).toEqual(['create', 'query', 'close', 'query']);
    expect((await rig.describe(payment.id)).status.name).toBe('COMPLETED');
  });
});

describe('a cancel and the payer', () => {
  test('race: the channel has the last word, and the money is the order’s', async () => {
    const payment = await rested(paths['canceled while the payer paid']);
    expect(payment).toMatchObject({ status: 'succeeded', given_up: 'requested', late: false });
    expect(payment.refunds).toEqual([]);
    expect(await rig.balances(payment.id)).toEqual(taken);
  });

  test('who paid after it get the money back at once', async () => {
    const payment = await rested(paths['late money sent back']);
    expect(payment).toMatchObject({ status: 'canceled', late: true });
    expect(payment.refunds).toMatchObject([{ origin: 'late', status: 'succeeded' }]);
    expect(rig.channel.book.refunds.size).toBe(1);
    expect(await rig.balances(payment.id)).toEqual(givenBack);
  });

  test('who paid after it get the money back once, though the refund was not answered', async () => {
    const payment = await rested(
      pathsOfTime['late money sent back though the refund was not answered'],
    );
    const [refund] = payment.refunds;
    expect(refund).toMatchObject({ origin: 'late', status: 'succeeded' });
    const verbs = rig.channel.verbsOf(refund!.id);
    expect(verbs).toEqual(['refund', 'query_refund', 'refund']); // not found, so sent again
    expect([...rig.channel.book.refunds.keys()]).toEqual([refund!.id]);
    expect(await rig.balances(payment.id)).toEqual(givenBack);
  });

  test('who paid after it wait for a person where the merchant holds late money', async () => {
    const payment = await rested(paths['late money held and accepted']);
    expect(payment).toMatchObject({ status: 'succeeded', late: true, refunds: [] });
    expect(payment.cases).toMatchObject([{ kind: 'late_money', decision: 'accept' }]);
    expect(await rig.balances(payment.id)).toEqual({ ...taken, payer_payable: 0 });
  });
});

describe('a payment', () => {
  test('whose callback never comes is paid by asking', async () => {
    const payment = await rested(pathsOfTime['paid without a callback']);
    expect(payment.status).toBe('succeeded');
    expect(heard(payment)).toEqual(['create', 'query']);
  });

  test('that was paid twice gives the second receipt back', async () => {
    const payment = await rested(paths['paid twice']);
    expect(payment).toMatchObject({ status: 'succeeded', late: false });
    expect(payment.refunds).toMatchObject([
      { origin: 'duplicate', status: 'succeeded', receipt_reference: 'rcp-second' },
    ]);
    expect(await rig.balances(payment.id)).toEqual({ ...taken, payer_payable: 0 });
  });

  test('that is declined for good fails, and asks nothing more', async () => {
    const payment = await rested(paths['declined for good']);
    expect(payment).toMatchObject({ status: 'failed', failure: { code: 'not_permitted' } });
    expect(heard(payment)).toEqual(['create']);
  });

  test('whose code ends before it does gets a new one under the same number', async () => {
    const payment = await rested(pathsOfTime['code renewed']);
    expect(payment).toMatchObject({ status: 'succeeded', attempts: [{ status: 'paid' }] });
    expect(sentBodies(payment, 'create')).toHaveLength(2);
    expect(new Set(sentBodies(payment, 'create')).size).toBe(1);
    expect([...rig.channel.book.orders.keys()]).toEqual([referenceOf(payment)]);
  });

  test('whose code ended while no run was awake gets a new one from the next run', async () => {
    const now = Date.now() + (await rig.engine.aheadMs());
    rig.channel.book.codeEndsAt = () => new Date(now + 5 * 60_000).toISOString();
    const { id } = await rig.withCode();
    rig.channel.book.codeEndsAt = () => null;
    await rig.handle(id).terminate('by mistake');
    await rig.engine.skip(6 * 60_000);
    await rig.attend(id);
    const payment = await rig.until(id, ({ attempts }) => attempts[0]!.code_ends_at === null);
    expect(heard(payment).filter((verb) => verb === 'create')).toHaveLength(2);
    await rig.pay(id);
    expect((await rig.rest(id)).status).toBe('succeeded');
  });

  test('whose sync the channel does not answer goes on as before', async () => {
    rig.channel.always('query', () => 'lose');
    const { id } = await rig.withCode();
    await rig.command(id, { name: 'sync' });
    await rig.engine.skip(5 * 60_000);
    const payment = await rig.payment(id);
    const [, , sync] = payment.attempts[0]!.operations;
    expect(sync).toMatchObject({ verb: 'query', awaits: 'answer', ended: 'unknown' });
    expect(payment).toMatchObject({ status: 'requires_action', cases: [] });
    await rig.pay(id);
    expect((await rig.rest(id)).status).toBe('succeeded');
  });
});

describe('a create without an answer', () => {
  test('is asked about, and sent again under the same key as soon as the channel knows of nothing', async () => {
    const payment = await rested(pathsOfTime['create lost and never made']);
    expect(payment.status).toBe('succeeded');
    expect(heard(payment)).toEqual(['create', 'query', 'create']);
    expect(new Set(sentBodies(payment, 'create')).size).toBe(1);
    const creates = payment.attempts[0]!.operations.filter((op) => op.verb === 'create');
    expect(creates.map((op) => op.channel_key)).toEqual([referenceOf(payment), referenceOf(payment)]); // prettier-ignore
    expect(creates[1]!.run_at).toBeLessThan(creates[0]!.not_after);
  });

  test('F15: and given up is canceled only when "not found" is a fact', async () => {
    const payment = await rested(pathsOfTime['given up while its create was lost']);
    expect(payment).toMatchObject({ status: 'canceled', cancellation_reason: 'requested' });
    const { operations } = payment.attempts[0]!;
    const sent = operations.filter((op) => op.verb === 'create' && op.sent_at !== null);
    const [last] = await timesAsked(operations.at(-1)!.id).then((asked) => asked.slice(-1));
    expect(last).toBeGreaterThanOrEqual(sent.at(-1)!.not_after + 10_000 + 5_000);
    expect(heard(payment).at(-2)).toBe('query'); // "not found" once is not enough
  });

  test('because its worker died after the channel’s yes leads to exactly one order', async () => {
    const payment = await rested(paths['killed between the yes of the channel and the record']);
    expect(payment.status).toBe('succeeded');
    expect(heard(payment)).toEqual(['create', 'query', 'create']);
    expect(new Set(sentBodies(payment, 'create')).size).toBe(1);
    expect(rig.channel.book.orders.size).toBe(1);
    expect(await rig.balances(payment.id)).toEqual(taken);
  });
});

describe('a channel that says nothing for 30 days', () => {
  test('is asked by schedule without history, and then a person decides', async () => {
    const payment = await rested(pathsOfTime['unanswered for 30 days, then decided by a person']);
    expect(payment).toMatchObject({ status: 'canceled', outcome: 'known' });
    expect(payment.cases).toMatchObject([
      { kind: 'outcome_unknown', decision: 'treat_as_unpaid', status: 'resolved' },
    ]);
    const ending = payment.attempts[0]!.operations.at(-1)!;
    const asked = await timesAsked(ending.id);
    const pauses = asked.slice(1).map((at, i) => Math.round((at - asked[i]!) / 1_000));
    // A try takes its own time on a loaded machine: 150 s of 12 h were seen at a load of 20.
    const isAbout = (pause: number, wanted: number) =>
      expect(Math.abs(pause - wanted)).toBeLessThan(Math.max(6, wanted / 50));
    for (const [i, wanted] of pollSchedule.slice(1, 5).entries()) isAbout(pauses[i]!, wanted);
    // The last may be shorter: asking ends when its time is over.
    for (const pause of pauses.slice(4, -1)) isAbout(pause, 43_200);
    expect(asked.at(-1)! - asked[0]!).toBeGreaterThan(askedForMs - 43_200_000);
    const { events } = await rig.handle(payment.id).fetchHistory();
    expect(asked.length).toBeGreaterThan(60);
    expect(events!.length).toBeLessThan(60); // of which the 60 polls are two
  });
});

/** Goes a path and answers what became of the payment. */
async function rested(path: (rig: Rig) => Promise<string>): Promise<StoredPayment> {
  return rig.payment(await path(rig));
}

function heard(payment: StoredPayment): string[] {
  return rig.channel.verbsOf(referenceOf(payment));
}

function sentBodies(payment: StoredPayment, verb: string): string[] {
  const mine = rig.channel.heard.filter((one) => one.reference === referenceOf(payment));
  return mine.filter((one) => one.verb === verb).map((one) => one.body);
}

/** When the channel was asked by this operation, by the store's clock. */
async function timesAsked(operation: string): Promise<number[]> {
  const found = await rig.store.pool.query<{ at: Date }>(
    'select at from channel_exchanges where operation_id = $1 order by at',
    [operation],
  );
  return found.rows.map((row) => row.at.getTime());
}
