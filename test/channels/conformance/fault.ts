import { setTimeout } from 'node:timers/promises';

import type { Call } from '../../../src/channels/channel.ts';
import type { Order } from '../../../src/channels/order.ts';
import { agrees } from '../../../src/domain/attempt.ts';
import { toMinor } from '../../../src/domain/money.ts';
import type { Verb } from '../../../src/domain/operation.ts';
import type { Answer } from '../../../src/domain/outcome.ts';
import { type Conformant, eventually, receiptsIn, type Rig } from '../rig.ts';

/** Every call fault of the contract (section 7) on every verb: never a throw, never a false certainty. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function faults(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  describe('a call that the channel spoils', () => {
    /** One call that can be made again, the question what became of it, and what the books have of its order. */
    interface Spoken {
      readonly speak: (ms?: number) => Promise<Answer>;
      readonly ask: () => Promise<Answer>;
      readonly books: () => Promise<any[]>;
    }
    const about = (order: Order, speak: (call: Call<any>) => Promise<Answer>): Spoken => ({
      books: () => rig.books(order),
      speak: (ms) => speak(rig.call(ms)),
      ask: () => channel.query(rig.call(), order),
    });
    const verbs: Record<Verb, () => Promise<Spoken>> = {
      create: () => {
        const order = rig.order();
        return Promise.resolve(about(order, (call) => channel.create(call, order)));
      },
      confirm: async () => {
        const order = await rig.confirmable();
        return about(order, (call) => channel.confirm!(call, order));
      },
      query: async () => {
        const order = await rig.opened();
        return about(order, (call) => channel.query(call, order));
      },
      close: async () => {
        const order = await rig.opened();
        return about(order, (call) => channel.close(call, order));
      },
      capture: async () => {
        const order = await rig.held();
        const part = rig.captureOf(order, 500);
        return about(order, (call) => channel.capture!(call, part));
      },
      increment: async () => {
        const order = await rig.held();
        const more = rig.incrementOf(order, 2_999);
        return about(order, (call) => channel.increment!(call, more));
      },
      void: async () => {
        const order = await rig.held();
        return about(order, (call) => channel.void!(call, order));
      },
      refund: async () => {
        const { order, receipt } = await rig.paid();
        const refund = rig.refundOf(order, receipt);
        const ask = () => channel.queryRefund(rig.call(), refund);
        return { ...about(order, (call) => channel.refund(call, refund)), ask };
      },
      query_refund: async () => {
        const { order, receipt } = await rig.paid();
        const refund = rig.refundOf(order, receipt);
        const told: any = await channel.refund(rig.call(), refund);
        const asked = { ...refund, channel_reference: told.channel_reference };
        return about(order, (call) => channel.queryRefund(call, asked));
      },
    };
    const isReported = channel.facts.reported_after_ms !== null;
    const clear: Record<Verb, string[]> = {
      create: isReported ? ['approved'] : ['action_required', 'created'],
      confirm: ['approved'],
      query: ['open'],
      close: ['closed', 'refused'], // once closed, a second close may say so
      capture: isReported ? ['pending'] : ['held'],
      increment: ['held'],
      void: ['closed', 'refused'],
      refund: ['refund'],
      query_refund: ['refund'],
    };
    const isQuery = (verb: Verb) => verb === 'query' || verb === 'query_refund';
    const served = {
      confirm: 'confirm',
      capture: 'capture',
      increment: 'increment',
      void: 'void',
    } as const;
    const isAgreedTo = channel.facts.confirms === 'when_agreed';
    const every = (Object.keys(verbs) as Verb[]).filter((verb) => {
      if (isReported && (isQuery(verb) || verb === 'close')) return false; // nobody can be asked, and only a hold be ended
      if (verb === 'close') return !isAgreedTo && !given.neverCloses; // there is no call for it
      return !(verb in served) || channel[verb as keyof typeof served];
    });
    const operationOf = (verb: Verb) => given.operations[verb] ?? verb;
    /** A refused connection of `any` operation is the closed port, which has a test of its own. */
    const cases = (...faults: string[]) =>
      faults
        .flatMap((fault) => every.map((verb) => [verb, fault] as const))
        .filter(([verb, fault]) => fault !== 'refuse_connection' || operationOf(verb) !== 'any');
    const spoiled = async (verb: Verb, fault: string, ms?: number, more?: object) => {
      const spoken = await verbs[verb]();
      await rig.fault(operationOf(verb), fault, more);
      return { answer: await spoken.speak(ms), ...spoken };
    };
    /** What one deed leaves in the books, however often its call was sent. */
    const deeds: Partial<Record<Verb, object>> = {
      create: { paid_count: 1, captured: 1_999 },
      confirm: { paid_count: 1, captured: 1_999 },
      capture: { captured: 500 },
      void: { state: 'closed', captured: 0 },
      refund: { refunded: 1_999 },
    };
    const isOneDeed = async (verb: Verb, books: Spoken['books']) => {
      const left = Object.entries(deeds[verb] ?? {});
      await eventually(async () => {
        const [book] = await books();
        return left.every(([name, value]) => book[name] === value);
      });
      const [{ refunds }, ...others] = await books();
      expect([refunds.length, others]).toEqual([verb === 'refund' ? 1 : 0, []]);
    };
    /**
     * The same call again is answered; where failures are kept, it says so, and the question is answered; where a deed is
     * told once, only the question is (and of what nobody has opened there is nothing to tell).
     */
    const isClearAgain = async (verb: Verb, { speak, ask, books }: Spoken) => {
      const again = await speak();
      if (rig.isToldOnce && again.kind === 'unknown')
        return expect(['not_found', ...clear.refund]).toContain((await ask()).kind);
      if (given.keepsFailures && !isQuery(verb) && again.kind === 'unknown') {
        expect(again.is_stored).toBe(true);
        expect(['unknown', 'disagrees', 'never_sent']).not.toContain((await ask()).kind);
      } else expect(clear[verb]).toContain(again.kind);
      if (isReported) await isOneDeed(verb, books);
    };

    test.each(
      cases(
        'reset_mid_body',
        'http_500_before_commit',
        'http_500_after_commit',
        'system_error_after_commit',
        'refuse_connection',
      ),
    )('%s with %s is unknown, and again it is clear', async (verb, fault) => {
      const { answer, ...again } = await spoiled(verb, fault);
      expect(answer).toEqual({ kind: 'unknown', detail: expect.any(String) });
      await isClearAgain(verb, again);
    });

    test.each(cases('timeout_before_commit', 'timeout_after_commit'))(
      '%s with %s is unknown, and again it is clear',
      async (verb, fault) => {
        const { answer, ...again } = await spoiled(verb, fault, 1_000);
        expect(answer).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
        await isClearAgain(verb, again);
      },
    );

    test.each(cases('slow'))('%s that is only slow is clear', async (verb, fault) => {
      const { answer } = await spoiled(verb, fault, undefined, { count: 1, delay_ms: 150 });
      expect(clear[verb]).toContain(answer.kind);
    });

    test.each(cases('rate_limit'))('%s over a %s has done nothing', async (verb, fault) => {
      const { answer, speak } = await spoiled(verb, fault);
      expect(answer.kind).toBe(isQuery(verb) ? 'unknown' : 'never_sent');
      expect(clear[verb]).toContain((await speak()).kind);
    });

    test.each(cases('any refused connection'))('%s over %s never left', async (verb) => {
      const { speak } = await verbs[verb]();
      await rig.fault('any', 'refuse_connection', {});
      await setTimeout(50); // a connection that was kept hears of its end a moment later; till then its loss is unknown
      const { kind } = await speak();
      await rig.sandbox.control('DELETE', 'faults');
      expect(kind).toBe(isQuery(verb) ? 'unknown' : 'never_sent');
      await eventually(async () => clear[verb].includes((await speak()).kind));
    });

    test('a refund that was lost after the commit happens once, however often it is sent', async () => {
      const { order, receipt } = await rig.paid();
      const refund = rig.refundOf(order, receipt, { amount: toMinor(500) });
      await rig.fault('refund', 'system_error_after_commit', { count: 2 });
      for (let times = 0; times < 3; times += 1) await channel.refund(rig.call(), refund);
      expect((await rig.books(order))[0].refunds).toMatchObject([{ amount: 500 }]);
    });

    const again = { create: 1_999, confirm: 1_999, capture: 500, refund: 1_999 } as const;
    test.each(
      (Object.keys(again) as (keyof typeof again)[]).filter((verb) => every.includes(verb)),
    )('a %s that is sent again while the first is still under way is one deed', async (verb) => {
      const { speak, ask, books } = await verbs[verb]();
      const known: unknown[] = (await rig.sandbox.control('GET', 'books')).body.transactions;
      await rig.fault(operationOf(verb), 'slow', { count: 1, delay_ms: 500 });
      const answers = await Promise.all([speak(), speak()]);
      if (rig.isToldOnce) await isClearAgain(verb, { speak, ask, books });
      else await eventually(async () => clear[verb].includes((await speak()).kind));
      expect(answers.some(({ kind }) => clear[verb].includes(kind))).toBe(true);
      const { transactions, violations } = (await rig.sandbox.control('GET', 'books')).body;
      expect(transactions).toHaveLength(known.length + (verb === 'create' ? 1 : 0));
      const { captured, refunds } = transactions.at(-1);
      if (isReported) await isOneDeed(verb, books);
      else if (verb === 'refund') expect(refunds).toMatchObject([{ amount: again[verb] }]);
      else if (verb !== 'create') expect(captured).toBe(again[verb]);
      expect(violations.filter(({ rule }: any) => !given.provoked.includes(rule))).toEqual([]);
    });

    if (isReported) return; // there is no query
    test('a create that was lost after the commit made one order, which can be paid once', async () => {
      const order = rig.order();
      await rig.fault(operationOf('create'), 'timeout_after_commit');
      await channel.create(rig.call(1_000), order);
      const known = rig.isOpenedByPayer ? 'not_found' : 'open';
      if (!isAgreedTo) expect(await channel.query(rig.call(), order)).toEqual({ kind: known });
      await rig.paid(order);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 1 }]);
    });

    test('a query that denies a real order is "not found" and no more', async () => {
      const { order } = await rig.paid();
      await rig.fault('query', 'not_found_for', { delay_ms: 60_000 });
      const kind = isAgreedTo ? 'unknown' : 'not_found'; // where we know its number, it is nothing at all
      expect((await channel.query(rig.call(), order)).kind).toBe(kind);
      await rig.sandbox.control('DELETE', 'faults');
      expect(await rig.taken(order)).toHaveLength(1);
    });

    test.each(['open', 'paid'])(
      'a query of an %s order that tells another amount is never an agreement',
      async (state) => {
        const order = state === 'paid' ? (await rig.paid()).order : await rig.opened();
        await rig.fault('query', 'wrong_amount');
        const answer = await channel.query(rig.call(), order);
        const [receipt] = receiptsIn(answer);
        if (receipt) {
          expect(agrees(order, receipt)).toBe(false); // the domain freezes it with its number
          expect(receipt.channel_reference).not.toBe('');
        } else expect(answer).toMatchObject({ kind: 'disagrees', detail: expect.any(String) });
      },
    );
  });
}
