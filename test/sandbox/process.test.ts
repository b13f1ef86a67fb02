import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { freeRow, sandboxPorts } from '../../src/stack/port.ts';
import { pause } from './callback-receiver.ts';
import { startSandbox } from './running-sandbox.ts';
import { openShop, type Shop } from './shop.ts';

/** Runs the program until it ends by itself. */
async function run(env: Record<string, string>, ...args: string[]) {
  const command = ['--import', 'tsx', 'src/sandbox/main.ts', ...args];
  const child = spawn(process.execPath, command, { env: { ...process.env, ...env } });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, out, err };
}

test('--help names every setting and starts nothing', async () => {
  const { code, out } = await run({ SANDBOX_PORT: 'nonsense' }, '--help');
  expect(code).toBe(0);
  for (const setting of [
    'SANDBOX_PORT', 'SANDBOX_WECHAT_PAY_PORT', 'SANDBOX_STRIPE_PORT', 'SANDBOX_ALIPAY_PORT',
    'SANDBOX_PAYPAL_PORT', 'SANDBOX_BANK_TRANSFER_PORT', 'SANDBOX_ADYEN_PORT', 'SANDBOX_STRIPE_WEBHOOK_URL',
    'SANDBOX_PAYPAL_WEBHOOK_URL', 'SANDBOX_ADYEN_WEBHOOK_URL', 'DATA_DIR',
    'SANDBOX_CALLBACK_MS', 'SANDBOX_CALLBACK_SCALE', 'SANDBOX_REFUND_MS', 'SANDBOX_REFUND_SPACING_MS',
    'SANDBOX_PROCESSING_MS', 'SANDBOX_HOLD_S', 'SANDBOX_PAYPAL_ORDER_S', 'SANDBOX_PAYPAL_KEY_S',
    'SANDBOX_PAYPAL_TOKEN_S', 'SANDBOX_PAYPAL_REPORT_S', 'SANDBOX_ADYEN_CAPTURE', 'SANDBOX_ADYEN_PARTIAL_CAPTURES', 'SANDBOX_ADYEN_MODIFICATION_MS', 'SANDBOX_ADYEN_OFFER_S', 'SANDBOX_ADYEN_KEY_S',
    'SANDBOX_ADYEN_BATCH_S', 'LISTEN_ADDRESS',
  ]) expect(out).toContain(setting); // prettier-ignore
});

describe('one line names', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'holdfast-sandbox-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  test.each([
    ['LISTEN_ADDRESS', 'everywhere'],
    ['SANDBOX_PORT', 'http'],
    ['SANDBOX_PORT', '70000'],
    ['SANDBOX_PORT', '65535'], // there is no next one for WeChat Pay
    ['SANDBOX_PORT', '65534'], // nor one after that for Stripe
    ['SANDBOX_PORT', '65533'], // nor a third for Alipay
    ['SANDBOX_PORT', '65532'], // nor a fourth for PayPal
    ['SANDBOX_PORT', '65531'], // nor a fifth for the bank
    ['SANDBOX_PORT', '65530'], // nor a sixth for Adyen
    ['SANDBOX_WECHAT_PAY_PORT', '-1'],
    ['SANDBOX_STRIPE_PORT', '0'],
    ['SANDBOX_ALIPAY_PORT', '99999'],
    ['SANDBOX_STRIPE_WEBHOOK_URL', 'somewhere'],
    ['SANDBOX_PAYPAL_WEBHOOK_URL', 'somewhere'],
    ['SANDBOX_PAYPAL_ORDER_S', 'three hours'],
    ['SANDBOX_ADYEN_WEBHOOK_URL', 'somewhere'],
    ['SANDBOX_ADYEN_CAPTURE', 'never'],
    ['SANDBOX_ADYEN_PARTIAL_CAPTURES', 'many'],
    ['SANDBOX_ADYEN_BATCH_S', '0'],
    ['SANDBOX_PROCESSING_MS', 'soon'],
    ['SANDBOX_HOLD_S', 'a week'],
    ['SANDBOX_CALLBACK_MS', 'soon'],
    ['SANDBOX_CALLBACK_SCALE', '1e3'],
    ['SANDBOX_REFUND_MS', '-5'],
    ['SANDBOX_REFUND_SPACING_MS', 'a minute'],
  ])('the wrong setting %s=%s', async (name, value) => {
    const { code, out, err } = await run({ DATA_DIR: directory, [name]: value });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^(SANDBOX_\w+|LISTEN_ADDRESS) must be/),
    ]);
    if (!value.startsWith('6553')) expect(err).toContain(`${name} must be`);
  });

  test('an address of another machine', async () => {
    const { code, err } = await run({ DATA_DIR: directory, LISTEN_ADDRESS: '192.0.2.1' });
    expect(code).toBe(1);
    expect(err).toBe('LISTEN_ADDRESS: 192.0.2.1 is no address of this machine\n');
  });

  test('a DATA_DIR that is none', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const first = String(await freeRow(sandboxPorts));
    const { code, err } = await run({ SANDBOX_PORT: first, DATA_DIR: file });
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toEqual([expect.stringMatching(/^DATA_DIR: /)]);
  });
});

test('LISTEN_ADDRESS is where all of it listens, and nowhere else', async () => {
  const sandbox = await startSandbox({ LISTEN_ADDRESS: '127.0.0.2' });
  try {
    const { control, channel, stripe, alipay, paypal, bank, adyen, unionpay } = sandbox;
    for (const url of [control, channel, stripe, alipay, paypal, bank, adyen, unionpay]) {
      expect(new URL(url).hostname).toBe('127.0.0.2');
      expect((await fetch(url)).status).toBeGreaterThan(0);
      await expect(fetch(url.replace('127.0.0.2', '127.0.0.1'))).rejects.toThrow('fetch failed');
    }
  } finally {
    await sandbox.discard();
  }
});

test('who listens everywhere says where this machine reaches it', async () => {
  const sandbox = await startSandbox({ LISTEN_ADDRESS: '0.0.0.0' });
  try {
    expect(new URL(sandbox.control).hostname).toBe('127.0.0.1');
    for (const host of ['127.0.0.1', '127.0.0.2'])
      expect((await fetch(`${sandbox.control.replace('127.0.0.1', host)}/livez`)).status).toBe(200);
  } finally {
    await sandbox.discard();
  }
});

describe('a running sandbox', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());
  beforeEach(() => shop.reset());
  const journal = () => join(shop.sandbox.directory, 'sandbox', 'books.jsonl');
  const portOf = (url: string) => new URL(url).port;

  test.each([
    'SANDBOX_PORT',
    'SANDBOX_WECHAT_PAY_PORT',
    'SANDBOX_STRIPE_PORT',
    'SANDBOX_ALIPAY_PORT',
    'SANDBOX_PAYPAL_PORT',
    'SANDBOX_BANK_TRANSFER_PORT',
    'SANDBOX_ADYEN_PORT',
    'SANDBOX_UNIONPAY_PORT',
  ])('keeps its books from a second one that wants its %s', async (setting) => {
    const reference = await shop.ordered();
    const before = statSync(journal()).ino;
    const { control, channel, stripe, alipay, paypal, bank, adyen, unionpay } = shop.sandbox;
    const urls: Record<string, string> = {
      SANDBOX_PORT: control,
      SANDBOX_STRIPE_PORT: stripe,
      SANDBOX_ALIPAY_PORT: alipay,
      SANDBOX_PAYPAL_PORT: paypal,
      SANDBOX_BANK_TRANSFER_PORT: bank,
      SANDBOX_ADYEN_PORT: adyen,
      SANDBOX_UNIONPAY_PORT: unionpay,
    };
    const port = portOf(urls[setting] ?? channel);
    const { code, err } = await run({
      SANDBOX_PORT: String(await freeRow(sandboxPorts)),
      DATA_DIR: shop.sandbox.directory,
      [setting]: port,
    });
    expect(code).toBe(1);
    expect(err).toBe(`${setting}: port ${port} is taken; set another\n`);
    expect(statSync(journal()).ino).toBe(before);
    expect((await shop.transaction(reference)).state).toBe('created');
  });

  test('starts again with a journal no longer than its books', async () => {
    const reference = await shop.ordered();
    for (let round = 0; round < 20; round += 1) await shop.pay(reference, { force: true });
    await shop.receiver.until(20);
    const { body: before } = await shop.sandbox.call('GET', '/control/books');
    const long = statSync(journal()).size;
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect(statSync(journal()).size).toBeLessThan(long / 4);
    expect(readdirSync(join(shop.sandbox.directory, 'sandbox'))).toEqual(['books.jsonl']);
    expect((await shop.sandbox.call('GET', '/control/books')).body).toEqual(before);
    const path = `/control/callbacks/wechat-pay/${reference}/resend`;
    expect((await shop.sandbox.call('POST', path)).body).toEqual({ sent: 1, statuses: [204] });
    const again = shop.receiver.received.at(-1)!;
    expect(again.resource.transaction_id).toBe(shop.receiver.received[19]!.resource.transaction_id);
  });

  test('has every answered order after kill -9 in the middle of many', async () => {
    const answered: string[] = [];
    const writers = Array.from({ length: 8 }, async () => {
      for (;;) answered.push(await shop.ordered());
    });
    const ended = Promise.allSettled(writers);
    while (answered.length < 60) await pause(5);
    await shop.sandbox.stop('SIGKILL');
    await ended;
    shop.sandbox = await shop.sandbox.again();
    const { body } = await shop.sandbox.call('GET', '/control/books');
    const kept = body.transactions.map((one: any) => one.reference);
    expect(kept).toEqual(expect.arrayContaining(answered));
  });
});
