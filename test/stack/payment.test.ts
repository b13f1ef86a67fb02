import { execFileSync } from 'node:child_process';

import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

describe('a QR payment, end to end', () => {
  test('is created, shows a code, is paid by the payer, and all books agree', async () => {
    const created = await merchant.create();
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'display_qr_code' },
    });
    await merchant.payer(created.body, 'pay');
    const paid = await merchant.until(created.body.id, (payment) => payment.status === 'succeeded');
    expect(paid).toMatchObject({
      outcome: 'known',
      amount_captured: 1_999,
      attempts: [{ status: 'paid' }],
    });
    expect(await merchant.books(paid)).toMatchObject({
      state: 'paid',
      paid_count: 1,
      captured: 1_999,
    });
    expect(ledger()).toEqual({
      balanced: true,
      by_currency: { CNY: 0 },
      by_channel: { 'wechat-pay': { CNY: 1_999 } },
    });
    expect(await merchant.violations()).toEqual([]);
  });
});

function ledger(): unknown {
  const args = ['--import', 'tsx', 'src/stack/ledger-verify.ts', '--json'];
  return JSON.parse(execFileSync(process.execPath, args, { env: stack.env, encoding: 'utf8' }));
}
