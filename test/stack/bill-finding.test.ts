import type { BillRow } from '../../src/domain/bill.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import { keepFindings } from '../../src/store/bill-finding.ts';
import type { Store } from '../../src/store/store.ts';
import { Shop } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { startProgram } from '../support/launcher.ts';

let database: Database;
let store: Store;

const row: BillRow = {
  kind: 'payment', reference: 'att_01kbx6h0000000000000000001', channel_reference: '4200', amount: toMinor(1_999),
  currency: toCurrency('CNY'), direction: 'in', fee: null, at: '2026-11-28T10:00:00.000Z',
}; // prettier-ignore

beforeAll(async () => {
  database = await openDatabase();
  store = database.open();
  await Shop.open(store);
  const bill = { channel_account: 'cha_test', day: '2026-11-28' };
  await store.pool.query('insert into bills (channel_account, day) values ($1, $2)', Object.values(bill)); // at rest
  await keepFindings(store.pool, bill, [{ finding: 'unheard', row, payment_id: 'pay_1' }]);
}); // prettier-ignore
afterAll(() => database.close());

/** `npm run bill -- …`, as an operator runs it. */
async function bill(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: database.url, NODE_OPTIONS: '' };
  const program = startProgram('src/stack/bill.ts', env, { args });
  const exit = await program.ended;
  return { exit, stdout: program.stdout(), stderr: program.stderr() };
}

test('what a bill has and nobody explained is listed until a person settles it, with a reason', async () => {
  const { exit, stdout } = await bill('--open');
  expect(exit).toBe(3);
  expect(stdout).toMatch(/^fnd_\w+ {2}wechat-pay {2}cha_test {2}2026-11-28 {2}unheard .* in {2}19\.99 CNY {2}att_\w+ {2}4200 {2}pay_1\n$/);
  const id = stdout.split(' ')[0]!;
  expect(await Promise.all([bill('--settle', id), bill('--settle', 'fnd_1', '--reason', 'none')])).toMatchObject([
    { exit: 1, stderr: expect.stringContaining('--reason') },
    { exit: 1, stderr: expect.stringContaining("no finding 'fnd_1' is open") },
  ]);
  expect((await bill('--settle', id, '--reason', 'sent back by hand, ticket 4711')).exit).toBe(0);
  expect(await bill('--open', '--json')).toMatchObject({ exit: 0, stdout: '{"object":"list","data":[]}\n' });
  const kept = await store.pool.query('select settled_reason from bill_findings');
  expect(kept.rows).toEqual([{ settled_reason: 'sent back by hand, ticket 4711' }]);
}); // prettier-ignore
