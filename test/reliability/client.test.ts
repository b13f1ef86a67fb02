import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

import { Connection } from '@temporalio/client';

import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

/** What a merchant's backend may do to us: repeat, race, come back after a month. */
let stack: Launched;
let merchant: Merchant;
beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const order = (order_no: string) => ({ order_no, amount: 1_999, currency: 'CNY', method: { type: 'wechat_pay_qr' } }); // prettier-ignore

test('F4: a create whose reply was cut off after the status line is one payment when it is repeated', async () => {
  const [key, order_no] = [randomUUID(), randomUUID()];
  expect(await cutOff(order(order_no), key)).toMatch(/^HTTP\/1\.1 201 /);
  const again = await merchant.create({ order_no }, key);
  expect(again.status).toBe(201);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const { body } = await merchant.call('GET', `/v1/payments?order_no=${order_no}`);
  expect(body.data.map((payment: any) => payment.id)).toEqual([again.body.id]);
});

describe.each(['the same key', 'keys of their own'])('F6: a hundred creates of one order with %s', (keys) => {
  test.each([1, 2, 3, 4, 5])('make one payment, round %i', async () => {
    const [key, order_no] = [randomUUID(), randomUUID()];
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        merchant.create({ order_no, wait: 0 }, keys === 'the same key' ? key : randomUUID()),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, body, headers } of answers.filter((one) => one.status !== 201)) {
      expect(status).toBe(409);
      if (body.code === 'idempotency_in_progress') expect(headers.get('retry-after')).toBe('1');
      else expect(body).toMatchObject({ code: 'order_in_progress', payment_id: made[0]!.body.id });
    }
  }); // prettier-ignore
}); // prettier-ignore

test('F37: an order number stays taken, and its payment alive, when Temporal has forgotten the run', async () => {
  const { body: open } = await merchant.create();
  await merchant.payer(open, 'pay');
  await merchant.until(open.id, ({ status }) => status === 'succeeded');
  await forget(open.id);
  const second = await merchant.create({ order_no: open.order_no });
  expect(second).toMatchObject({ status: 409, body: { code: 'order_already_paid', payment_id: open.id } }); // prettier-ignore
  const refund = await merchant.refund(open.id, { amount: 999 });
  expect(refund).toMatchObject({ status: 201, body: { payment_id: open.id, amount: 999 } });
  await merchant.until(open.id, ({ amount_refunded }) => amount_refunded === 999);
  expect(await merchant.books(open)).toMatchObject({ paid_count: 1, refunded: 999 });
}, 180_000);

/** Sends a create over a socket and cuts it off as soon as the first bytes of the answer are there. */
function cutOff(body: object, key: string): Promise<string> {
  const { hostname, port } = new URL(stack.ready.api);
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /v1/payments HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${stack.ready.api_key}\r\n` +
          `Idempotency-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
    });
    socket.once('error', reject);
    socket.once('data', (data: Buffer) => {
      socket.destroy();
      resolve(data.toString().split('\r\n')[0]!);
    });
  });
}

/** What retention does to a closed run after 30 days. */
async function forget(id: string): Promise<void> {
  const address = `127.0.0.1:${stack.env['TEMPORAL_PORT']}`;
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  const execution = { workflowId: id };
  await workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: execution }); // prettier-ignore
  const isThere = () => workflowService.describeWorkflowExecution({ namespace: 'default', execution }).then(() => true, () => false); // prettier-ignore
  // The server takes its time: 30 to 40 s.
  for (const deadline = Date.now() + 120_000; await isThere(); await pause(500))
    expect(Date.now()).toBeLessThan(deadline);
  await connection.close();
}
