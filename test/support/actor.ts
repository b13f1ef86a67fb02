import { randomUUID } from 'node:crypto';

import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { WorkerOptions, WorkflowBundleOption } from '@temporalio/worker';

import { channelActivities } from '../../src/activities/channel.ts';
import { paymentActivities } from '../../src/activities/payment.ts';
import { type Actor, createActor } from '../../src/api/actor.ts';
import { channelFor } from '../../src/channels/registry.ts';
import type { Command } from '../../src/domain/fact.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Timing } from '../../src/domain/operation.ts';
import type { Answer, QueryAnswer } from '../../src/domain/outcome.ts';
import { isStable, type View, viewOf } from '../../src/domain/view.ts';
import { workflowBundle } from '../../src/stack/bundle.ts';
import { insertCallback } from '../../src/store/callback.ts';
import { insertPayment, type StoredPayment } from '../../src/store/payment.ts';
import { loadPayment } from '../../src/store/payment-row.ts';
import { createMerchant, type MadeMerchant, seedChannelAccount } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { insertUnsaid, parted } from '../../src/store/unsaid.ts';
import { channelQueue, paymentQueue, type Recorded } from '../../src/workflows/messages.ts';
import { clocked } from '../workflows/clock.ts';
import type { Engine } from '../workflows/engine.ts';
import { accountOf, cardChannel, channel, type Given, orderOf } from '../workflows/order.ts';
import { ScriptedChannel } from '../workflows/scripted-channel.ts';
import { type Running, startWorker } from '../workflows/worker.ts';
import { balancesOf, causesOf } from './book.ts';
import { type Database, openDatabase } from './database.ts';
import { unwatched } from './health.ts';
import { timing as usualTiming } from './payment.ts';

export interface RigOptions {
  readonly timing?: Partial<Timing>;
  readonly pollSchedule?: readonly number[];
  readonly bundle?: WorkflowBundleOption;
}

/**
 * The payment actor on a given Temporal, over a real PostgreSQL and a scripted channel: record, fence, store,
 * ledger and the door to Temporal are the product's own.
 */
export class Rig {
  readonly engine: Engine;
  readonly store: Store;
  readonly actor: Actor;
  readonly channel = new ScriptedChannel(channel, channelFor('wechat-pay')!.facts);
  readonly cards = new ScriptedChannel(cardChannel, channelFor('stripe')!.facts);
  /** Every message that `record` was asked to record, in order, repeats included. */
  readonly recorded: { readonly payment: string; readonly cause: string }[] = [];
  /** The runs that have come to rest, with their payments. */
  readonly runs = new Map<string, string>();
  /** Wrapped around every `record`; tests hold or break it here. */
  around: (message: Message, run: () => Promise<View>) => Promise<View> = (_, run) => run();
  /** Wrapped around every call of a channel verb; tests let a sender die here. */
  aroundCall: (run: () => Promise<View | Answer>) => Promise<View | Answer> = (run) => run();
  /** Does a caller get to record how its call ended? */
  callersRecord = true;
  /** The worker that calls the channel. */
  callers!: Running;
  private readonly database: Database;
  private readonly options: RigOptions;
  private merchant!: MadeMerchant;
  private workers: Running[] = [];

  private constructor(engine: Engine, database: Database, options: RigOptions) {
    this.engine = engine;
    this.database = database;
    this.options = options;
    this.store = clocked(
      database.open({
        clockOffsetMs: engine.aheadMs,
        timing: { ...usualTiming, ...options.timing },
        connectionsMax: 30,
      }),
      engine.aheadMs,
    );
    this.actor = createActor(engine.client);
  }

  static async open(engine: Engine, options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(engine, await openDatabase(), options);
    rig.merchant = await createMerchant(rig.store.pool, 'A shop', rig.store.keyring);
    for (const one of [rig.channel, rig.cards])
      await seedChannelAccount(
        rig.store.pool,
        { id: accountOf(one.slug), channel: one.slug, settings: { url: await one.listen() } },
        rig.store.keyring,
      );
    await rig.startActors();
    await rig.startCallers();
    return rig;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.workers.map((worker) => worker.stop()));
    await Promise.all([this.channel.close(), this.cards.close()]);
    await this.database.close();
    await this.engine.close();
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** A store over the same database whose clock is ahead. */
  storeAhead(ms: number): Store {
    const aheadMs = () => Promise.resolve(ms);
    return clocked(this.database.open({ clockOffsetMs: aheadMs }), aheadMs);
  }

  /** A clean slate between tests. */
  reset(): void {
    this.around = (_, run) => run();
    this.aroundCall = (run) => run();
    this.callersRecord = true;
    this.recorded.length = 0;
    this.runs.clear();
    this.channel.reset();
    this.cards.reset();
  }

  async startActors(): Promise<Running> {
    const { record } = paymentActivities(this.store);
    return this.run({
      taskQueue: paymentQueue,
      workflowBundle: this.options.bundle ?? (await workflowBundle()),
      activities: {
        record: (payment: string, message: Message) => {
          this.recorded.push({ payment, cause: message.cause });
          return this.around(message, () => record(payment, message));
        },
      },
    });
  }

  async startCallers(): Promise<void> {
    const adapters = [this.channel.adapter(), this.cards.adapter()];
    const { call, poll } = channelActivities({
      store: this.storeOfCallers(),
      channelFor: (slug) => adapters.find((adapter) => adapter.slug === slug),
      publicUrl: 'http://127.0.0.1:1',
      pollSchedule: this.options.pollSchedule ?? [5, 5, 10, 60],
      health: unwatched,
    });
    const activities = { call: (id: string) => this.aroundCall(() => call(id)), poll };
    const ofCards = await this.run({ taskQueue: channelQueue(cardChannel), activities });
    const ofCodes = await this.run({ taskQueue: channelQueue(channel), activities });
    const stop = async () => {
      await Promise.all([ofCards.stop(), ofCodes.stop()]);
    };
    this.callers = { stop };
  }

  /** The store, but for the one transaction of a caller: the record of its answer. */
  private storeOfCallers(): Store {
    const { store } = this;
    const transaction: Store['transaction'] = (work) =>
      this.callersRecord
        ? store.transaction(work)
        : Promise.reject(new Error('it records nothing'));
    return { ...store, transaction };
  }

  /** Makes a payment and wakes it; what the API does but for the waiting. */
  async create(given: Given = {}): Promise<StoredPayment> {
    const payment = await this.insert(given);
    await this.attend(payment.id);
    return payment;
  }

  /** Starts a stored payment as its create does, with what is stored, and waits for the first stable state. */
  async begin(payment: StoredPayment): Promise<void> {
    const first = viewOf(payment, payment.created_at, this.store.timing);
    await this.actor.start(payment, 20_000, first);
    await this.until(payment.id, isStable, 20_000);
  }

  /** A payment whose payer has a code in hand. */
  async withCode(given: Given = {}): Promise<StoredPayment> {
    const { id } = await this.create(given);
    return this.until(id, (payment) => payment.status === 'requires_action');
  }

  /** The row alone: nobody is awake. */
  async insert(given: Given = {}): Promise<StoredPayment> {
    const made = await insertPayment(this.store, orderOf(this.merchant, given));
    if (made.kind !== 'created') throw new Error(`not created: ${JSON.stringify(made)}`);
    return made.payment;
  }

  async payment(id: string): Promise<StoredPayment> {
    const found = await loadPayment(this.store.pool, id);
    if (!found) throw new Error(`no payment ${id}`);
    return found;
  }

  /** The payment once it looks like this and its run has nothing in hand. Throws after `ms` with what it was last. */
  async until(
    id: string,
    done: (payment: StoredPayment) => boolean,
    ms = 30_000,
  ): Promise<StoredPayment> {
    const deadline = Date.now() + ms;
    for (;;) {
      const payment = await this.payment(id);
      if (done(payment) && (await this.isQuiet(id))) return payment;
      if (Date.now() > deadline) {
        const { attempts, refunds, cases, status } = payment;
        throw new Error(
          `not in ${ms} ms: ${JSON.stringify({ status, attempts, refunds, cases }, null, 1)}`,
        );
      }
      await pause();
    }
  }

  /** The payment once its run has ended; the time-skipping server lets no time pass meanwhile. */
  async rest(id: string, ms = 30_000): Promise<StoredPayment> {
    await this.eventually(async () => {
      const { status, runId } = await this.describe(id);
      if (status.name === 'COMPLETED') this.runs.set(runId, id);
      return status.name === 'COMPLETED';
    }, ms);
    return this.payment(id);
  }

  /** The payment at rest, once it looks like this: for what wakes a payment that had rested before. */
  async restAfter(id: string, done: (payment: StoredPayment) => boolean): Promise<StoredPayment> {
    await this.eventually(async () => done(await this.payment(id)));
    return this.rest(id);
  }

  async eventually(done: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
    const deadline = Date.now() + ms;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`not in ${ms} ms: ${done.toString()}`);
      await pause();
    }
  }

  async attend(id: string): Promise<void> {
    await this.actor.post(await this.payment(id), { cause: 'attend', fact: { kind: 'attend' } });
  }

  /** Stores what the channel said unasked and tells the actor, as the API does; the id of the callback. */
  async callback(id: string, answer: QueryAnswer): Promise<string> {
    const payment = await this.payment(id);
    const callback = await this.stored(payment, answer);
    await this.actor.post(payment, { cause: callback, fact: { kind: 'callback', callback } });
    return callback;
  }

  /** The callback as stored, with nobody told. */
  async stored(payment: StoredPayment, answer: QueryAnswer): Promise<string> {
    const { id: reference, channel, channel_account } = payment.attempts.at(-1)!;
    const stored = await insertCallback(this.store.pool, {
      channel, channel_account, event: randomUUID(), verdict: 'accepted', detail: null,
      payment_id: payment.id, reference, evidence: { about: 'attempt', reference, answer }, body: '{}',
    }); // prettier-ignore
    return stored!;
  }

  /** The payer pays and the channel calls back. */
  async pay(id: string): Promise<string> {
    const receipt = this.channel.book.pay(referenceOf(await this.payment(id)));
    return this.callback(id, { kind: 'approved', receipt });
  }

  /** Keeps what Temporal is not told, and has the rest recorded, as the API does. */
  async command(id: string, request: Command, cause: string = randomUUID()): Promise<Recorded> {
    const [command, unsaid] = parted(request);
    const message = { cause, fact: { kind: 'command' as const, command } };
    await insertUnsaid(this.store.pool, message, id, unsaid);
    return this.actor.command(await this.payment(id), message, 20_000);
  }

  cancel(id: string, cause?: string): Promise<Recorded> {
    return this.command(id, { name: 'cancel', note: null }, cause);
  }

  handle(id: string): WorkflowHandle {
    return this.engine.client.workflow.getHandle(id);
  }

  describe(id: string): Promise<WorkflowExecutionDescription> {
    return this.handle(id).describe();
  }

  async pendingActivities(id: string): Promise<number> {
    return (await this.describe(id)).raw.pendingActivities?.length ?? 0;
  }

  /** The causes on the timeline, in order. */
  timeline(id: string): Promise<string[]> {
    return causesOf(this.store.pool, id);
  }

  /** Debits minus credits of this payment, per account. */
  balances(id: string): Promise<Record<string, number>> {
    return balancesOf(this.store.pool, id);
  }

  /** No workflow task is scheduled or under way: what the last message led to has been done. */
  private async isQuiet(id: string): Promise<boolean> {
    const { events } = await this.handle(id).fetchHistory();
    const last = events?.findLast((event) => !event.activityTaskScheduledEventAttributes);
    return !last?.workflowTaskScheduledEventAttributes && !last?.workflowTaskStartedEventAttributes;
  }

  private async run(options: WorkerOptions): Promise<Running> {
    const running = await startWorker(this.engine, options);
    this.workers.push(running);
    return running;
  }
}

/** Our number at the channel. */
export function referenceOf(payment: StoredPayment): string {
  return payment.attempts.at(-1)!.id;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
