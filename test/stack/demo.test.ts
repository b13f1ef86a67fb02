import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { methodTypes } from '../../src/api/payment-schema.ts';
import { demoMethods } from '../../src/stack/way.ts';
import { newDataDir, ownEnvironment, type Program, removeDataDir, startProgram } from '../support/launcher.ts'; // prettier-ignore

let dataDir: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  dataDir = newDataDir();
  env = await ownEnvironment(dataDir);
});
afterAll(() => removeDataDir(dataDir));

const demo = (...args: string[]): Program => startProgram('src/stack/demo.ts', env, { args });

/** The last line on stdout. */
const result = (program: Program): any => JSON.parse(program.stdout().trim().split('\n').at(-1)!);

/** A merchant tries the amount for which the worker dies while the payer pays. */
async function payThroughRestart({
  api,
  sandbox,
}: Record<'api' | 'sandbox', string>): Promise<void> {
  const json = { 'Content-Type': 'application/json' };
  const magic = { method: 'POST', headers: json, body: '{"magic_amounts":true}' };
  await fetch(`${sandbox}/control/accounts/wechat-pay`, magic);
  const key = readFileSync(join(dataDir, 'api_key'), 'utf8').trim();
  const headers = { ...json, Authorization: `Bearer ${key}`, 'Idempotency-Key': randomUUID() };
  const method = { type: 'wechat_pay_qr' };
  const body = JSON.stringify({ order_no: randomUUID(), amount: 1_170, currency: 'CNY', method });
  const created = await fetch(`${api}/v1/payments`, { method: 'POST', headers, body });
  let payment = (await created.json()) as { id: string; status: string };
  for (const end = Date.now() + 60_000; payment.status !== 'succeeded' && Date.now() < end; )
    payment = await (await fetch(`${api}/v1/payments/${payment.id}?wait=2`, { headers })).json() as any; // prettier-ignore
  expect(payment.status).toBe('succeeded');
  await fetch(`${sandbox}/control/accounts/wechat-pay`, { ...magic, body: '{"magic_amounts":false}' }); // prettier-ignore
}

const isStopped = () => !existsSync(join(dataDir, 'stack.json'));

test('npm run demo -- --once --json keeps its promise, and all books agree', async () => {
  const program = demo('--once', '--json');
  expect([await program.ended, program.stderr()]).toEqual([0, expect.stringContaining('agree')]);
  const { seconds, payments, urls, webhooks_verified, ...rest } = result(program);
  expect(webhooks_verified).toBeGreaterThan(10);
  expect(rest).toEqual({
    ok: true,
    worker_restarts: 1,
    books_agree: true,
    ledger_balanced: true,
  });
  const id = expect.stringMatching(/^pay_/);
  expect(payments).toEqual([
    { id, status: 'succeeded', channel: 'wechat-pay', amount: 1_999, amount_refunded: 0 },
    { id, status: 'succeeded', channel: 'wechat-pay', amount: 8_800, amount_refunded: 0 },
    { id, status: 'canceled', channel: 'wechat-pay', amount: 4_200, amount_refunded: 0 },
    { id, status: 'succeeded', channel: 'stripe', amount: 5_000, amount_refunded: 1_500 },
  ]);
  expect(seconds).toBeGreaterThan(1);
  const api = `http://127.0.0.1:${env['PORT']}`;
  expect(urls).toEqual({
    api,
    docs: `${api}/docs`,
    temporal_ui: `http://127.0.0.1:${env['TEMPORAL_UI_PORT']}`,
    sandbox: `http://127.0.0.1:${env['SANDBOX_PORT']}`,
  });
  expect(isStopped()).toBe(true);
}, 180_000);

test('over the same data it tells of its own payments, with the timeline, and stays up until it is asked', async () => {
  const program = demo('--json');
  expect(await program.line('ok')).toMatchObject({ ok: true, payments: [{}, {}, {}, {}] });
  const shown = program.stderr();
  expect(shown).toMatch(/weixin:\/\/wxpay\/bizpayurl/);
  expect(shown).toMatch(/ s {2}callback +\S/);
  expect(shown).toMatch(/ s {2}state +requires_action → succeeded/);
  expect(isStopped()).toBe(false);
  const { urls } = result(program);
  expect((await fetch(`${urls.api}/readyz`)).status).toBe(200);
  await payThroughRestart(urls);
  expect(program.stderr()).toMatch(/the amount of att_\w+ asks for it: kill -9 of the worker/);
  expect(program.stderr()).toMatch(/worker \(\d+\) ended: SIGKILL; starting it again\n[^✔]*$/);
  program.child.kill('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(program.stderr()).toMatch(
    /API docs +http.*\n.*Temporal UI +http.*\n.*Sandbox +http.*\n.*Key +sk_test_.*\n.*Logs +\//,
  );
  expect(isStopped()).toBe(true);
}, 180_000);

test('with --method alipay_qr the same goes by Alipay', async () => {
  const program = demo('--once', '--json', '--method', 'alipay_qr');
  expect([await program.ended, program.stderr()]).toEqual([0, expect.stringContaining('agree')]);
  const { payments, ...rest } = result(program);
  expect(rest).toMatchObject({ ok: true, books_agree: true, ledger_balanced: true });
  expect(payments).toMatchObject([
    { status: 'succeeded', channel: 'alipay' },
    { status: 'succeeded', channel: 'alipay' },
    { status: 'canceled', channel: 'alipay' },
    { status: 'succeeded', channel: 'stripe' },
  ]);
  expect(program.stderr()).toContain('QR code: https://qr.alipay.com/');
}, 180_000);

test('with --method wechat_pay_code a worker is killed while the payer types his password', async () => {
  const program = demo('--once', '--json', '--method', 'wechat_pay_code');
  expect([await program.ended, program.stderr()]).toEqual([0, expect.stringContaining('agree')]);
  expect(result(program)).toMatchObject({ ok: true, payments: [{}, {}, {}, {}] });
}, 180_000);

test('with --method balance a wallet is filled, pays and is emptied, though the worker dies meanwhile', async () => {
  const program = demo('--once', '--json', '--method', 'balance');
  expect([await program.ended, program.stderr()]).toEqual([0, expect.stringContaining('agree')]);
  const { payments, ...rest } = result(program);
  expect(rest).toMatchObject({ ok: true, books_agree: true, ledger_balanced: true });
  expect(payments).toMatchObject([
    { status: 'succeeded', channel: 'stripe', amount: 5_000, amount_refunded: 3_000 },
    { status: 'succeeded', channel: 'balance', amount: 3_000, amount_refunded: 1_000 },
    { status: 'succeeded', channel: 'stripe' },
  ]);
}, 180_000);

test('with --method all every method of the demo keeps its promise in one start', async () => {
  const program = demo('--once', '--json', '--method', 'all');
  expect([await program.ended, program.stderr()]).toEqual([0, expect.stringContaining('agree')]);
  const { payments, ...rest } = result(program);
  expect(rest).toMatchObject({ ok: true, books_agree: true, ledger_balanced: true });
  expect(payments.length).toBeGreaterThan(demoMethods.length);
  const shown = program.stderr();
  for (const method of demoMethods.slice(1)) expect(shown).toContain(`— ${method}\n`);
  for (const words of ['page: http', 'for the payer’s client: appId, ', 'transfer to '])
    expect(shown).toContain(words);
}, 300_000);

test('what the demo shows are methods of the API', () => {
  expect(methodTypes).toEqual(expect.arrayContaining([...demoMethods]));
});

test('a demo whose books disagree says why and fails', async () => {
  const program = demo('--once', '--json');
  const firstIsPaid = new Promise<void>((resolve) => {
    program.child.stderr?.on('data', () => {
      if (program.stderr().includes('succeeded')) resolve();
    });
  });
  await Promise.race([firstIsPaid, program.ended]);
  await fetch(`http://127.0.0.1:${env['SANDBOX_PORT']}/control/reset`, { method: 'POST' });
  expect(await program.ended).toBe(1);
  const reason = expect.stringMatching(/^pay_\S+: the channel does not know att_/);
  const { ok, books_agree, reasons } = result(program);
  expect({ ok, books_agree, reasons }).toEqual({
    ok: false,
    books_agree: false,
    reasons: expect.arrayContaining([reason]),
  });
  expect(program.stderr()).toMatch(/✘ pay_\S+: the channel does not know att_/);
  expect(isStopped()).toBe(true);
}, 180_000);

test('--help says how it is used, a wrong option in one line what is wrong', async () => {
  const [help, wrong, other] = [demo('--help'), demo('--twice'), demo('--method', 'cash')];
  expect([await help.ended, help.stdout()]).toEqual([
    0,
    expect.stringContaining('usage: npm run demo'),
  ]);
  expect([await wrong.ended, wrong.stderr()]).toEqual([
    2,
    expect.stringMatching(/^Unknown option '--twice'.*\n$/),
  ]);
  expect([await other.ended, other.stderr()]).toEqual([
    1,
    expect.stringMatching(/^--method must be all or one of wechat_pay_qr, .*, not 'cash'\n$/),
  ]);
});
