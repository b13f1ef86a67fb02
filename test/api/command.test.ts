import { Client, Connection } from '@temporalio/client';

import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let connection: Connection;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  connection = await Connection.connect({ address: `127.0.0.1:${stack.env['TEMPORAL_PORT']}` });
});
afterAll(async () => {
  await connection.close();
  await stack.remove();
});

/** All that Temporal knows of the payment's last run, as text. */
async function historyOf(id: string): Promise<string> {
  const history = await new Client({ connection }).workflow.getHandle(id).fetchHistory();
  return textsOf(history).join('\n');
}

/** Payloads are bytes. */
function textsOf(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString()];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(textsOf);
}

/** The case of money that came after a cancel. */
async function lateMoney(): Promise<any> {
  const { body } = await merchant.create({ late_money: 'hold' });
  await merchant.cancel(body.id);
  await merchant.payer(body, 'pay', { force: true });
  await merchant.until(body.id, ({ late }) => late);
  return (await merchant.call('GET', `/v1/cases?payment_id=${body.id}`)).body.data[0];
}

describe('what a person writes is kept, and in no history', () => {
  test('of a refund', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    await merchant.until(body.id, ({ status }) => status === 'succeeded');
    const refund = await merchant.refund(body.id, { amount: 7, reason: 'the_reason' });
    expect(refund).toMatchObject({ status: 201, body: { amount: 7, reason: 'the_reason' } });
    const history = await historyOf(body.id);
    expect(history).toContain('"name":"refund"');
    expect(history).not.toContain('the_reason');
  });

  test('of a cancel', async () => {
    const { body } = await merchant.create();
    expect((await merchant.cancel(body.id, { reason: 'the_reason' })).status).toBe(200);
    const { body: timeline } = await merchant.call('GET', `/v1/payments/${body.id}/timeline`);
    expect(JSON.stringify(timeline)).toContain('the_reason');
    const history = await historyOf(body.id);
    expect(history).toContain('"name":"cancel"');
    expect(history).not.toContain('the_reason');
  });

  test('of a decision about a case, also without a key', async () => {
    const { id, payment_id } = await lateMoney();
    const asked = { decision: 'refund', reason: 'the_reason' };
    const resolved = await merchant.call('POST', `/v1/cases/${id}/resolve`, asked);
    expect(resolved).toMatchObject({ status: 200, body: asked });
    const history = await historyOf(payment_id);
    expect(history).toContain('"name":"resolve"');
    expect(history).not.toContain('the_reason');
  });
});
