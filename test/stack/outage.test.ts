import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isFinal = (payment: any) => ['succeeded', 'canceled', 'failed'].includes(payment.status);

/** A process and its children: PostgreSQL's backends are processes too. */
function family(pid: number): number[] {
  const parentOf = (entry: string) => {
    try {
      return Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
    } catch {
      return 0;
    }
  };
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid); // prettier-ignore
  return [pid, ...children.map(Number)];
}

/** The workers of now: the launcher keeps who lives, also after a restart. */
function workers(): number[] {
  const census = JSON.parse(readFileSync(join(stack.dataDir, 'stack.json'), 'utf8')) as { name: string; pid: number }[]; // prettier-ignore
  return census.filter((entry) => entry.name === 'worker').map((entry) => entry.pid);
}

/** Freezes a process for as long as `work` takes: it neither answers nor refuses. */
async function frozen<T>(pid: number, work: () => Promise<T>): Promise<T> {
  const members = family(pid);
  for (const member of members) process.kill(member, 'SIGSTOP');
  try {
    return await work();
  } finally {
    for (const member of members) process.kill(member, 'SIGCONT');
  }
}

/** Creates and pays without pause; answers the payments that were promised with a 2xx. */
async function traffic(until: () => boolean): Promise<{ promised: any[]; refused: number }> {
  const promised: any[] = [];
  let refused = 0;
  const customer = async () => {
    while (!until()) {
      const answer = await merchant.create({ wait: 1 });
      if (answer.status === 201) {
        promised.push(answer.body);
        await merchant.payer(answer.body, 'pay').catch(() => undefined);
      } else {
        expect(answer).toMatchObject({ status: 503, body: { code: 'dependency_unavailable', retryable: true } }); // prettier-ignore
        expect(answer.headers.get('retry-after')).not.toBeNull();
        refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, customer));
  return { promised, refused };
}

/** Every promise is kept: the payer pays whatever is still open, and each payment is paid exactly once. */
async function allPaidOnce(promised: any[]): Promise<void> {
  for (const { id } of promised) {
    const open = await merchant.until(id, (payment) => isFinal(payment) || payment.status === 'requires_action', 60_000); // prettier-ignore
    if (!isFinal(open)) await merchant.payer(open, 'pay');
    const ended = await merchant.until(id, isFinal, 60_000);
    expect(ended).toMatchObject({ status: 'succeeded', amount_captured: 1_999, outcome: 'known' });
    expect(await merchant.books(ended)).toMatchObject({
      paid_count: 1,
      captured: 1_999,
      refunded: 0,
    });
  }
  expect(await merchant.violations()).toEqual([]);
}

describe('Temporal away', () => {
  test('F20: creates are stored and started later, commands refused with nothing recorded, callbacks taken', async () => {
    const open = (await merchant.create()).body;
    const paying = (await merchant.create()).body;
    const order_no = randomUUID();
    const stored = await frozen(stack.ready.pids.temporal!, async () => {
      const created = await merchant.create({ order_no, wait: 1 });
      expect(created).toMatchObject({
        status: 201,
        body: { status: 'processing', outcome: 'known' },
      });
      const began = performance.now();
      expect((await merchant.create({ wait: 0 })).status).toBe(201);
      expect(performance.now() - began).toBeLessThan(4_000); // who does not wait does not wait for Temporal's deadline of 5 s
      const key = randomUUID();
      const refused = await merchant.cancel(open.id, {}, key);
      expect(refused).toMatchObject({ status: 503, body: { code: 'dependency_unavailable' } });
      expect(await merchant.get(open.id)).toEqual(open);
      await merchant.payer(paying, 'pay');
      await pause(1_000);
      const { body } = await merchant.control('POST', `/control/callbacks/wechat-pay/${paying.attempts[0].reference}/resend`, {}); // prettier-ignore
      expect(body.statuses).toEqual([204]);
      const readiness = await fetch(`${stack.ready.api}/readyz`);
      expect({ status: readiness.status, body: await readiness.json() }).toEqual({ status: 503, body: { missing: ['temporal'] } }); // prettier-ignore
      return created.body;
    });
    await merchant.until(stored.id, (payment) => payment.status === 'requires_action', 30_000);
    await merchant.until(paying.id, (payment) => payment.status === 'succeeded', 60_000);
    expect((await merchant.cancel(open.id)).body.status).toBe('canceled');
  }, 180_000);

  test('for ten seconds under load loses and doubles nothing', async () => {
    let isOver = false;
    const load = traffic(() => isOver);
    await pause(2_000);
    await frozen(stack.ready.pids.temporal!, () => pause(10_000));
    await pause(2_000);
    isOver = true;
    const { promised } = await load;
    expect(promised.length).toBeGreaterThan(10);
    await allPaidOnce(promised);
  }, 240_000);
});

describe('PostgreSQL away', () => {
  test('F21: for ten seconds under load: 503 everywhere, the channel told to come again, nothing lost or doubled', async () => {
    const paying = (await merchant.create()).body;
    let isOver = false;
    const load = traffic(() => isOver);
    await pause(2_000);
    await frozen(stack.ready.pids.postgres!, async () => {
      await merchant.payer(paying, 'pay');
      const [read, readiness] = await Promise.all([
        merchant.call('GET', `/v1/payments/${paying.id}`),
        fetch(`${stack.ready.api}/readyz`),
      ]);
      expect(read).toMatchObject({ status: 503, body: { code: 'dependency_unavailable' } });
      expect(((await readiness.json()) as any).missing).toContain('postgres');
      await pause(2_000);
    });
    await pause(2_000);
    isOver = true;
    const { promised, refused } = await load;
    expect(refused).toBeGreaterThan(0);
    await allPaidOnce([...promised, paying]);
  }, 240_000);
});

describe('a worker killed between the channel’s yes and our record', () => {
  test('F3: leaves one order, found by asking', async () => {
    for (const fault of ['timeout_after_commit', 'slow']) {
      await merchant.fault('create', fault, { count: 1, delay_ms: 1_500 });
      const { body } = await merchant.create({ wait: 0 });
      for (const deadline = Date.now() + 20_000; !(await merchant.books(body));)
        expect(Date.now()).toBeLessThan(deadline);
      for (const pid of workers()) process.kill(pid, 'SIGKILL');
      await allPaidOnce([body]);
    }
  }, 180_000);
});
