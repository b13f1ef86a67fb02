import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

/** Somebody else is away for longer than anybody waits. Minutes with `OUTAGE_S=300`. */
const outageMs = Number(process.env['OUTAGE_S'] ?? 20) * 1_000;

let stack: Launched;
let merchant: Merchant;
beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Every payment gets its code and is paid once; how long that took, in ms. */
async function drained(ids: readonly string[]): Promise<number> {
  const began = Date.now();
  const open = await Promise.all(ids.map((id) => merchant.until(id, ({ status }) => status === 'requires_action', 120_000))); // prettier-ignore
  const took = Date.now() - began;
  for (const payment of open) await merchant.payer(payment, 'pay');
  for (const { id } of open) {
    const paid = await merchant.until(id, ({ status }) => status === 'succeeded', 60_000);
    expect(await merchant.books(paid)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 }); // prettier-ignore
  }
  expect(await merchant.violations()).toEqual([]);
  return took;
}

/** Creates at a steady pace for as long as the outage lasts, whoever waits for an answer. */
async function createsMeanwhile(count: number, lastsMs = outageMs): Promise<string[]> {
  const answers = [];
  for (let made = 0; made < count; made += 1) {
    answers.push(merchant.create({ wait: 0 }));
    await pause(lastsMs / count);
  }
  const created = await Promise.all(answers);
  for (const { status } of created) expect(status).toBe(201);
  return created.map(({ body }) => body.id);
}

/** What so many payments take on this machine, as loaded as it is, when nobody was away, in ms: at a load of 25 F20 took 73 s. */
async function usual(count: number): Promise<number> {
  const began = Date.now();
  await drained(await createsMeanwhile(count, 0));
  return Date.now() - began;
}

test('F20: a hundred creates while Temporal is dead are stored, and started within 30 s of its return', async () => {
  const temporal = stack.ready.pids.temporal!;
  process.kill(temporal, 'SIGSTOP');
  const ids = await createsMeanwhile(100).finally(() => process.kill(temporal, 'SIGCONT'));
  const took = await drained(ids);
  expect(took).toBeLessThan(30_000 + outageMs + 2 * (await usual(50))); // the last one's code, not the first one's start
}, 600_000); // prettier-ignore

test('F36: a channel that was away is caught up with in less than twice the time it was away', async () => {
  await merchant.fault('any', 'refuse_connection');
  const ids = await createsMeanwhile(50);
  await merchant.control('DELETE', '/control/faults');
  const took = await drained(ids);
  expect(took).toBeLessThan(2 * outageMs + (await usual(50)));
}, 600_000);
