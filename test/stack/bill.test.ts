import { launch, type Launched, startProgram } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const dayMs = 86_400_000;

/** `npm run bill -- …`, as an operator runs it. */
async function bill(...args: string[]) {
  const env = { ...stack.env, TEMPORAL_ADDRESS: `127.0.0.1:${stack.env['TEMPORAL_PORT']}` };
  const program = startProgram('src/stack/bill.ts', env, { args });
  const exit = await program.ended;
  return { exit, stdout: program.stdout(), stderr: program.stderr() };
}

describe('money that comes after a cancel, and of which no callback tells', () => {
  let payment: any;
  let asked: string[];
  const told = async (...more: string[]) => {
    const { exit, stdout, stderr } = await bill(...asked, '--json', ...more);
    if (!stdout) throw new Error(stderr);
    return { exit, ...JSON.parse(stdout) };
  };

  beforeAll(async () => {
    ({ body: payment } = await merchant.create());
    await merchant.cancel(payment.id, { wait: 20 });
    payment = await merchant.until(payment.id, (one) => one.status === 'canceled');
    await merchant.fault('callback', 'drop');
    await merchant.payer(payment, 'pay', { force: true });
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    asked = ['--channel-account', payment.attempts[0].channel_account, '--day', day];
    await merchant.control('POST', '/control/clock', { advance_ms: 2 * dayMs });
  });
  afterAll(() => merchant.control('DELETE', '/control/faults'));

  test('stands on the bill of its day, which says so and moves nothing by itself', async () => {
    const { reference } = payment.attempts[0];
    expect(await told()).toMatchObject({
      exit: 3,
      outcome: 'bill',
      found: [{ finding: 'unheard', payment_id: payment.id, row: { reference, amount: 1_999, kind: 'payment' } }],
    });
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'canceled', late: false });
  }); // prettier-ignore

  test('is late money as soon as the channel is asked for it, and goes back; then the bill holds nothing new', async () => {
    expect((await told('--ask')).exit).toBe(3);
    const isBack = (one: any) => one.late && one.attempts[0].amount_refunded === 1_999;
    expect(await merchant.until(payment.id, isBack)).toMatchObject({ status: 'canceled' });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
    expect(await told()).toMatchObject({ exit: 0, counts: { known: 1, unheard: 0 }, found: [] });
  });

  test('is shown in lines for people, and by each flow', async () => {
    expect((await bill(...asked)).stdout).toMatch(/^bill: 1 known, 0 unheard, /);
    const { stdout, stderr } = await bill(...asked, '--flow', 'fund');
    expect(stdout).toContain(`in  19.99 CNY  ${payment.attempts[0].reference}`);
    expect(stderr).toContain('asking wechat-pay for its bill');
  });
});

test.each([
  [['--help'], 0, 'usage: npm run bill', ''],
  [['--day', 'yesterday'], 1, '', '--day must be a day'],
  [['--day', '2026-11-29', '--channel-account', 'cha_nobody'], 1, '', "there is no account 'cha_nobody'"],
])('%j exits with %i', async (args, exit, out, error) => {
  const said = await bill(...args);
  expect(said.exit).toBe(exit);
  expect([said.stdout, said.stderr]).toEqual([expect.stringContaining(out), expect.stringContaining(error)]);
}); // prettier-ignore
