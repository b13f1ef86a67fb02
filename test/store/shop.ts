import { randomUUID } from 'node:crypto';

import type { DisputeNotice } from '../../src/domain/dispute.ts';
import type { Id } from '../../src/domain/id.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Verb } from '../../src/domain/operation.ts';
import type { Answer, Notice, QueryAnswer, Receipt } from '../../src/domain/outcome.ts';
import type { LateMoney } from '../../src/domain/payment.ts';
import type { View } from '../../src/domain/view.ts';
import { type Caller, findCaller } from '../../src/store/api-key.ts';
import { type Evidence, insertCallback } from '../../src/store/callback.ts';
import { insertCustomer } from '../../src/store/customer.ts';
import { insertPayment, type NewPayment, type StoredPayment } from '../../src/store/payment.ts';
import { loadPayment } from '../../src/store/payment-row.ts';
import { record } from '../../src/store/record.ts';
import { createMerchant, seedChannelAccount } from '../../src/store/seed.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import type { Database } from '../support/database.ts';
import { cny, expiresInMs, paid, qrCode } from '../support/payment.ts';

/** What a channel says unasked of an attempt. */
type Said = QueryAnswer | Notice | DisputeNotice;

export interface OrderGiven {
  readonly livemode?: boolean;
  readonly order_no?: string;
  readonly amount?: number;
  readonly late_money?: LateMoney;
  readonly on_decline?: 'retry' | 'fail';
  readonly key?: NewPayment['key'];
  readonly method?: string | null;
  readonly wallet_id?: Id<'wal'>;
  readonly counts?: NewPayment['counts'];
}

/** A merchant with an app and a channel account on a real store, and what happens to its payments. */
export class Shop {
  readonly store: Store;
  readonly merchant: string;
  readonly app: string;
  readonly api_key: string;
  readonly account: string;
  /** Whoever has its key. */
  readonly caller: Caller;

  private constructor(
    store: Store,
    made: Pick<Shop, 'merchant' | 'app' | 'api_key' | 'account' | 'caller'>,
  ) {
    this.store = store;
    this.merchant = made.merchant;
    this.app = made.app;
    this.api_key = made.api_key;
    this.account = made.account;
    this.caller = made.caller;
  }

  static async open(store: Store, account = 'cha_test'): Promise<Shop> {
    const made = await createMerchant(store.pool, 'A shop', store.keyring);
    await seedChannelAccount(store.pool, { id: account, channel: 'wechat-pay', settings: {} }, store.keyring); // prettier-ignore
    const caller = (await findCaller(store.pool, made.api_key))!;
    return new Shop(store, { ...made, account, caller });
  }

  /** The same shop over another store of the same database. */
  over(store: Store): Shop {
    return new Shop(store, this);
  }

  /** Somebody whom it knows, and nothing of him: his id. */
  async customer(): Promise<string> {
    const nobody = { reference: null, name: null, email: null, metadata: {} };
    const made = await insertCustomer(this.store, this.caller, nobody, null);
    if (made.kind !== 'written') throw new Error(`no customer: ${made.kind}`);
    return made.customer.id;
  }

  order(given: OrderGiven = {}): NewPayment {
    const method = given.method === undefined ? 'wechat_pay_qr' : given.method;
    return {
      terms: {
        merchant_id: this.merchant as `mer_${string}`,
        app_id: this.app as `app_${string}`,
        livemode: given.livemode ?? false,
        order_no: given.order_no ?? randomUUID(),
        amount: toMinor(given.amount ?? 1_999),
        currency: cny,
        capture: 'automatic',
        on_decline: given.on_decline ?? 'retry',
        max_attempts: 5,
        late_money: given.late_money ?? 'refund',
        wallet_id: given.wallet_id ?? null,
        expires_in_ms: expiresInMs,
      },
      choice:
        method === null
          ? null
          : {
              method,
              token: null,
              route: {
                channel: 'wechat-pay',
                channel_account: this.account as 'cha_test',
                account_version: 1,
              },
            },
      details: {
        description: 'Two tickets',
        customer: null,
        metadata: {},
        return_url: null,
        notify_url: null,
      },
      ...(given.counts ? { counts: given.counts } : {}),
      key: given.key ?? { cause: randomUUID(), fingerprint: 'f' },
    };
  }

  async create(given: OrderGiven = {}): Promise<StoredPayment> {
    const made = await insertPayment(this.store, this.order(given));
    if (made.kind !== 'created') throw new Error(`not created: ${JSON.stringify(made)}`);
    return made.payment;
  }

  /** A payment whose payer has a code in hand. */
  async withCode(given: OrderGiven = {}): Promise<StoredPayment> {
    const { id } = await this.create(given);
    await this.end(id, 'create', qrCode);
    return this.load(id);
  }

  /** A payment that was canceled before anybody paid: its first call had not left. */
  async canceled(given: OrderGiven = {}): Promise<StoredPayment> {
    const { id } = await this.create(given);
    await this.cancel(id);
    return this.load(id);
  }

  async load(id: string): Promise<StoredPayment> {
    const found = await loadPayment(this.store.pool, id);
    if (!found) throw new Error(`no payment ${id}`);
    return found;
  }

  /** The open operation of this verb. */
  async open(id: string, verb: Verb): Promise<string> {
    const { attempts } = await this.load(id);
    const found = attempts
      .flatMap((attempt) => attempt.operations)
      .find((op) => op.verb === verb && op.ended === null);
    if (!found) throw new Error(`${id} has no open ${verb}`);
    return found.id;
  }

  async end(id: string, verb: Verb, answer: Answer | 'silent'): Promise<View> {
    const operation = await this.open(id, verb);
    return record(this.store, id, {
      cause: operation,
      fact: { kind: 'outcome', operation, answer },
    });
  }

  cancel(id: string, cause: string = randomUUID()): Promise<View> {
    const command = { name: 'cancel', note: null } as const;
    return record(this.store, id, { cause, fact: { kind: 'command', command } });
  }

  /** Stores what the channel said unasked, as the API does; the id of its row. */
  async stored(id: string, answer: Said): Promise<string> {
    const [attempt] = (await this.load(id)).attempts;
    const about = answer.kind === 'dispute' ? 'dispute' : 'attempt';
    const evidence = { about, reference: attempt!.id, answer } as Evidence;
    const callback = await insertCallback(this.store.pool, {
      channel: 'wechat-pay', channel_account: this.account, event: randomUUID(), verdict: 'accepted', detail: null,
      payment_id: id, reference: attempt!.id, evidence, body: '{}',
    }); // prettier-ignore
    return callback!;
  }

  /** The channel calls back and the run folds it. */
  async callback(id: string, answer: Said): Promise<View> {
    const callback = await this.stored(id, answer);
    return record(this.store, id, { cause: callback, fact: { kind: 'callback', callback } });
  }

  async pay(id: string, given: Partial<Receipt> = {}): Promise<View> {
    const { amount } = await this.load(id);
    return this.callback(id, paid({ amount, ...given }));
  }

  /** Everything that is written of a payment, row by row. */
  async everything(id: string): Promise<Record<string, unknown[]>> {
    const rows = async (statement: string) => (await this.store.pool.query(statement, [id])).rows;
    const of = (table: string) =>
      rows(`select * from ${table} where payment_id = $1 order by 1, 2`);
    return {
      payments: await rows('select * from payments where id = $1'),
      attempts: await of('attempts'),
      operations: await of('operations'),
      refunds: await of('refunds'),
      cases: await of('cases'),
      payment_events: await of('payment_events'),
      events: await of('events'),
      order_claims: await of('order_claims'),
      ledger_transactions: await of('ledger_transactions'),
      ledger_entries: await rows(
        'select e.* from ledger_entries e join ledger_transactions t on t.id = e.transaction_id where t.payment_id = $1 order by 1, 2',
      ),
      callbacks: await of('callbacks'),
      keys: await rows('select * from idempotency_keys where object_id = $1 order by 1'),
    };
  }

  /** The causes on the timeline, in the order in which they were recorded. */
  async timeline(id: string): Promise<{ sequence: number; cause: string }[]> {
    const found = await this.store.pool.query<{ sequence: number; cause: string }>(
      'select sequence, cause from payment_events where payment_id = $1 order by sequence',
      [id],
    );
    return found.rows;
  }
}

/** 0, 1, … n - 1. */
export function times<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i));
}

/** A store that a loaded machine may keep waiting: what these tests prove is not how soon it gives up. */
export function openPatient(database: Database, given: Partial<StoreOptions> = {}): Store {
  const store = database.open({ answerWithinMs: 60_000, ...given });
  Object.assign(store.pool.options, { connectionTimeoutMillis: 60_000 });
  return store;
}

/** What `look` finds, once it finds something. Throws when that takes longer than anything should. */
export async function until<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`not in 30 s: ${String(look)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
