import { webhookActivities } from '../../src/activities/webhook.ts';
import { createDeliveryStart } from '../../src/api/delivery.ts';
import { readConfig } from '../../src/config.ts';
import { attend } from '../../src/stack/attendance.ts';
import { workflowBundle } from '../../src/stack/bundle.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { listEvents, redeliver } from '../../src/store/event.ts';
import type { DeliveryRound, StartDelivery, Store } from '../../src/store/store.ts';
import { insertEndpoint } from '../../src/store/webhook-endpoint.ts';
import { paymentQueue, webhookQueue } from '../../src/workflows/messages.ts';
import { Shop, until } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { answer, Inbox, verified } from '../support/inbox.ts';
import { clocked } from '../workflows/clock.ts';
import { type Engine, realEngine, skippingEngine } from '../workflows/engine.ts';
import { startWorker } from '../workflows/worker.ts';

/** Deliveries over a real store, an inbox and a given Temporal. */
class Post {
  readonly inbox!: Inbox;
  readonly engine!: Engine;
  readonly database!: Database;
  readonly store!: Store;
  readonly shop!: Shop;
  readonly secret!: string;
  private readonly caller: Caller;
  /** What becomes of a start; tests make Temporal go away here. */
  start: StartDelivery;
  readonly started: DeliveryRound[] = [];

  private constructor(given: Pick<Post, 'inbox' | 'engine' | 'database' | 'store' | 'shop' | 'secret'>, caller: Caller) {
    Object.assign(this, given);
    this.caller = caller;
    this.start = createDeliveryStart(given.engine.client);
  } // prettier-ignore

  static async open(engine: Engine): Promise<Post> {
    const [database, inbox] = [await openDatabase(), await Inbox.open()];
    const startDelivery: StartDelivery = (delivery) => {
      post.started.push(delivery);
      return post.start(delivery);
    };
    const opened = database.open({ clockOffsetMs: engine.aheadMs, startDelivery });
    const store = clocked(opened, engine.aheadMs);
    const shop = await Shop.open(store);
    const { caller } = shop;
    const hook = { url: inbox.url('/hook'), events: ['payment.created'], description: null };
    const made = await insertEndpoint(store, caller, hook, null);
    if (made.kind === 'key_reused') throw new Error('no key was given');
    const { secret } = made.endpoint;
    const post = new Post({ inbox, engine, database, store, shop, secret }, caller);
    return post;
  }

  work(schedule: readonly number[]) {
    const resolve = () => Promise.reject(new Error('nobody is asked'));
    const activities = webhookActivities({ store: this.store, schedule, egressAllow: ['127.0.0.1:*'], resolve }); // prettier-ignore
    return startWorker(this.engine, { taskQueue: webhookQueue, activities });
  }

  async state() {
    const page = await listEvents(this.store.pool, this.caller, { type: 'payment.created' }, { limit: 1 }); // prettier-ignore
    if (page.kind !== 'page') throw new Error(page.kind);
    return { event: page.data[0]!, ...page.data[0]!.deliveries[0]! };
  }

  async again() {
    await redeliver(this.store, this.caller, (await this.state()).event, null);
  }

  async close(): Promise<void> {
    await this.inbox.close();
    await this.database.close();
    await this.engine.close();
  }
}

describe('on a server with standalone activities', () => {
  let post: Post;
  beforeAll(async () => (post = await Post.open(await realEngine())));
  afterAll(() => post.close());
  beforeEach(() => {
    post.inbox.posts.length = 0;
    post.started.length = 0;
    post.start = createDeliveryStart(post.engine.client);
  });

  test('a delivery is one activity of its own, tried until it is through, and no workflow', async () => {
    post.inbox.behave('/hook', answer(500), answer(302), answer(200));
    const worker = await post.work([0.1]);
    await post.shop.create();
    const came = await post.inbox.until('/hook', (posts) => posts.length === 3);
    for (const one of came) verified(post.secret, one);
    expect(new Set(came.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const { id } = await until(async () => {
      const state = await post.state();
      return state.status === 'delivered' ? state : null;
    });
    const activity = post.engine.client.activity.getHandle(id);
    await activity.result();
    expect(await activity.describe()).toMatchObject({ activityType: 'deliver', taskQueue: webhookQueue }); // prettier-ignore
    await expect(post.engine.client.workflow.getHandle(id).describe()).rejects.toThrow(/not found/);
    await worker.stop();
  });

  test('a start that is repeated is the same activity', async () => {
    post.inbox.behave('/hook', answer(200));
    await post.shop.create();
    await until(() => (post.started.length > 0 ? true : null));
    const [round] = post.started;
    await Promise.all([post.start(round!), post.start(round!), post.start(round!)]);
    const worker = await post.work([0.1]);
    await post.engine.client.activity.getHandle(round!.id).result();
    expect(post.inbox.posts).toHaveLength(1);
    await post.start(round!); // after its end, too: the row says that it is through
    await post.engine.client.activity.getHandle(round!.id).result();
    expect(post.inbox.posts).toHaveLength(1);
    await worker.stop();
  });

  test('a redelivery comes at once, although the delivery sleeps until tomorrow', async () => {
    post.inbox.behave('/hook', answer(500), answer(200));
    const worker = await post.work([86_400]);
    await post.shop.create();
    await until(async () => ((await post.state()).attempts === 1 ? true : null));
    await post.again();
    await post.inbox.until('/hook', (posts) => posts.length === 2);
    const { id } = await until(async () => {
      const state = await post.state();
      return state.status === 'delivered' ? state : null;
    });
    expect((await post.engine.client.activity.getHandle(id).describe()).status).toBe('RUNNING');
    await worker.stop();
  });

  test('what could not be started while Temporal was away is started by the attendance', async () => {
    post.inbox.behave('/hook', answer(200));
    post.start = () => Promise.reject(new Error('Temporal is away'));
    const worker = await post.work([0.1]);
    await post.shop.create();
    const { id } = await post.state();
    expect(await post.state()).toMatchObject({ status: 'pending', attempts: 0 });
    await post.store.pool.query(`update deliveries set attend_at = clock_now() - interval '1 s' where id = $1`, [id]); // prettier-ignore
    const config = readConfig({ DATABASE_URL: post.database.url, TEMPORAL_ADDRESS: post.engine.address }); // prettier-ignore
    const attendance = attend(post.store, config);
    await until(() => (post.started.filter((one) => one.id === id).length === 2 ? true : null));
    post.start = createDeliveryStart(post.engine.client); // it is back: the lease was returned, the next look takes it
    await post.inbox.until('/hook', (posts) => posts.length === 1);
    await attendance.stop();
    await worker.stop();
  });
});

describe('on a server without standalone activities', () => {
  let post: Post;
  beforeAll(async () => (post = await Post.open(await skippingEngine())));
  afterAll(() => post.close());

  test('a delivery is a workflow of that one activity, and goes on for 30 days', async () => {
    const times: number[] = [];
    post.inbox.behave('/hook', async (response) => {
      times.push(Date.now() + (await post.engine.aheadMs()));
      response.writeHead(500).end();
    });
    const { webhookSchedule } = readConfig({ DATABASE_URL: 'postgres://a@b/c' });
    const [webhooks, actors] = [
      await post.work(webhookSchedule),
      await startWorker(post.engine, {
        taskQueue: paymentQueue,
        workflowBundle: await workflowBundle(),
      }),
    ];
    await post.shop.create();
    await until(async () => ((await post.state()).attempts === 1 ? true : null));
    const { id, event } = await post.state();
    await post.engine.client.workflow.getHandle(id).result();
    expect(await post.state()).toMatchObject({ status: 'failed', last_status_code: 500, next_try_at: null }); // prettier-ignore
    const pauses = times.slice(1).map((at, i) => (at - times[i]!) / 1_000);
    expect(pauses.length).toBeGreaterThan(24);
    for (const [i, pause] of pauses.entries()) {
      const rung = webhookSchedule[Math.min(i, webhookSchedule.length - 1)]!;
      expect(pause).toBeGreaterThanOrEqual(rung - 1);
      expect(pause).toBeLessThan(rung * 1.2 + 30);
    }
    expect((times.at(-1)! - times[0]!) / 86_400_000).toBeGreaterThan(28);
    expect(new Set(post.inbox.posts.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([event.id])); // prettier-ignore
    await Promise.all([webhooks.stop(), actors.stop()]);
  });
});
