import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import { referenceOf, type Rig } from '../support/actor.ts';
import { receipt } from '../support/payment.ts';
import { byCard, byCode, type Given } from './order.ts';

const minutes = 60_000;
const days = 24 * 60 * minutes;
export const askedForMs = 30 * days;

async function paid(rig: Rig, given: Given = {}): Promise<string> {
  const { id } = await rig.withCode(given);
  await rig.pay(id);
  await rig.rest(id);
  return id;
}

async function canceled(rig: Rig, given: Given = {}): Promise<string> {
  const { id } = await rig.withCode(given);
  await rig.cancel(id);
  await rig.rest(id);
  return id;
}

async function held(rig: Rig): Promise<string> {
  const { id } = await rig.create({ by: byCard, capture: 'manual' });
  await rig.until(id, (payment) => payment.status === 'requires_capture');
  return id;
}

async function captured(rig: Rig, amount: number | null): Promise<string> {
  const id = await held(rig);
  const taken = amount === null ? null : toMinor(amount);
  await rig.command(id, { name: 'capture', amount: taken, is_final: true });
  await rig.rest(id);
  return id;
}

/**
 * The ways that a payment goes, each from its creation to its rest, for tests to judge and for
 * `record-histories.ts` to record. Each answers the payment's id.
 */
export type Paths = Record<string, (rig: Rig) => Promise<string>>;

/** Those that need no time. */
export const paths = {
  'paid by callback': (rig) => paid(rig),

  'canceled before it was paid': (rig) => canceled(rig),

  'declined for good': async (rig) => {
    const failure = { code: 'not_permitted', message: 'No.', advice: 'use_other_method', channel_code: 'NO_AUTH', channel_message: null, retryable: false } as const; // prettier-ignore
    rig.channel.next('create', () => ({ kind: 'declined', failure }));
    const { id } = await rig.create({ on_decline: 'fail' });
    await rig.rest(id);
    return id;
  },

  'canceled while the payer paid': async (rig) => {
    const payment = await rig.withCode();
    rig.channel.next('close', async (own) => {
      await rig.pay(payment.id);
      return own();
    });
    await rig.cancel(payment.id);
    await rig.rest(payment.id);
    return payment.id;
  },

  'canceled from the Temporal UI': async (rig) => {
    const { id } = await rig.withCode();
    await rig.handle(id).cancel();
    await rig.rest(id);
    return id;
  },

  'late money sent back': async (rig) => {
    const id = await canceled(rig);
    await rig.callback(id, { kind: 'approved', receipt: receipt() });
    await rig.restAfter(id, (payment) => payment.late);
    return id;
  },

  'late money held and accepted': async (rig) => {
    const id = await canceled(rig, { late_money: 'hold' });
    await rig.callback(id, { kind: 'approved', receipt: receipt() });
    const { cases } = await rig.restAfter(id, (payment) => payment.cases.length > 0);
    const decision = { name: 'resolve', case_id: cases[0]!.id, decision: 'accept' } as const;
    await rig.command(id, { ...decision, reason: 'the goods are still there' });
    await rig.restAfter(id, (payment) => payment.status === 'succeeded');
    return id;
  },

  'paid twice': async (rig) => {
    const id = await paid(rig);
    const second = receipt({ channel_reference: 'rcp-second' });
    await rig.callback(id, { kind: 'approved', receipt: second });
    await rig.restAfter(id, (payment) => payment.refunds.length > 0);
    return id;
  },

  'charged to a card': async (rig) => {
    const { id } = await rig.create({ by: byCard });
    await rig.rest(id);
    return id;
  },

  'held and captured': (rig) => captured(rig, null),

  'captured in part, the rest given back': (rig) => captured(rig, 1_000),

  'held and voided': async (rig) => {
    const id = await held(rig);
    await rig.cancel(id);
    await rig.rest(id);
    return id;
  },

  'created without a method, declined, and paid in another way': async (rig) => {
    const { id } = await rig.create({ by: null });
    const failure = failureOf('card_declined', { code: 'do_not_honor', message: null });
    rig.cards.next('confirm', () => ({ kind: 'declined', failure }));
    await rig.command(id, { name: 'confirm', choice: byCard });
    await rig.until(id, ({ status, attempts }) => status === 'requires_payment_method' && attempts.length === 1); // prettier-ignore
    await rig.command(id, { name: 'confirm', choice: byCode });
    await rig.until(id, (payment) => payment.status === 'requires_action');
    await rig.pay(id);
    await rig.rest(id);
    return id;
  },

  'refunded by the merchant': async (rig) => {
    const { id } = await rig.create({ by: byCard });
    await rig.rest(id);
    for (const amount of [500, 1_499]) {
      await rig.command(id, { name: 'refund', amount: toMinor(amount), reason: null });
      await rig.restAfter(id, ({ refunds }) => refunds.at(-1)?.status === 'succeeded');
    }
    return id;
  },

  'killed between the yes of the channel and the record': async (rig) => {
    rig.channel.afterSend = () => {
      rig.channel.afterSend = () => undefined;
      throw new Error('the worker died here');
    };
    const { id } = await rig.withCode();
    await rig.pay(id);
    await rig.rest(id);
    return id;
  },
} satisfies Paths;

/** Those in which it passes. */
export const pathsOfTime = {
  'paid without a callback': async (rig) => {
    const payment = await rig.withCode();
    rig.channel.book.pay(referenceOf(payment));
    await rig.engine.skip(1 * minutes);
    await rig.rest(payment.id);
    return payment.id;
  },

  'expired unpaid': async (rig) => {
    const { id } = await rig.withCode();
    await rig.engine.skip(31 * minutes);
    await rig.rest(id);
    return id;
  },

  'paid while it was being closed': async (rig) => {
    const payment = await rig.withCode();
    rig.channel.next('close', (own) => {
      rig.channel.book.pay(referenceOf(payment));
      return own();
    });
    await rig.engine.skip(31 * minutes);
    await rig.rest(payment.id);
    return payment.id;
  },

  'late money sent back though the refund was not answered': async (rig) => {
    rig.channel.next('refund', () => 'lose');
    const id = await canceled(rig);
    await rig.callback(id, { kind: 'approved', receipt: receipt() });
    await rig.restAfter(id, ({ refunds }) => refunds.length > 0);
    return id;
  },

  'charged though the confirm was not answered': async (rig) => {
    rig.cards.next('confirm', (own) => (own(), 'lose'));
    const { id } = await rig.create({ by: byCard });
    await rig.engine.skip(1 * minutes);
    await rig.rest(id);
    return id;
  },

  'given up while its create was lost': async (rig) => {
    rig.channel.next('create', () => 'lose');
    rig.channel.next('query', () => 'lose'); // so that nothing is sent again before the cancel
    const { id } = await rig.create();
    await rig.eventually(async () =>
      rig.channel.verbsOf(referenceOf(await rig.payment(id))).includes('query'),
    );
    await rig.until(id, (payment) => payment.outcome === 'unknown');
    await rig.cancel(id);
    await rig.engine.skip(2 * minutes);
    await rig.rest(id);
    return id;
  },

  'create lost and never made': async (rig) => {
    rig.channel.next('create', () => 'lose');
    const { id } = await rig.create();
    await rig.until(id, (payment) => payment.status === 'requires_action');
    await rig.pay(id);
    await rig.rest(id);
    return id;
  },

  'code renewed': async (rig) => {
    const ends = Date.now() + (await rig.engine.aheadMs()) + 5 * minutes;
    rig.channel.book.codeEndsAt = () => {
      rig.channel.book.codeEndsAt = () => null;
      return new Date(ends).toISOString();
    };
    const { id } = await rig.withCode();
    await rig.engine.skip(6 * minutes);
    await rig.until(id, ({ attempts }) => attempts[0]?.code_ends_at === null);
    await rig.pay(id);
    await rig.rest(id);
    return id;
  },

  'unanswered for 30 days, then decided by a person': async (rig) => {
    const { id } = await rig.withCode();
    rig.channel.always('query', () => 'lose');
    await rig.engine.skip(askedForMs + 1 * days);
    const { cases } = await rig.until(id, (payment) => payment.cases.length > 0);
    const decision = { name: 'resolve', case_id: cases[0]!.id, decision: 'treat_as_unpaid' } as const; // prettier-ignore
    await rig.command(id, { ...decision, reason: 'the bank statement has nothing' });
    await rig.rest(id);
    return id;
  },
} satisfies Paths;
