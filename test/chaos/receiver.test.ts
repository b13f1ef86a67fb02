import { createHmac } from 'node:crypto';

import { Receiver } from '../../chaos/receiver.ts';
import { Complaints } from '../../chaos/violation.ts';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes!!!').toString('base64')}`;
const notice = (status = 'succeeded') =>
  JSON.stringify({ id: 'evt_1', type: `payment.${status}`, sequence: 1, data: { object: { id: 'pay_1', status } } }); // prettier-ignore

let receiver: Receiver;
let complaints: Complaints;
let url: string;
beforeEach(async () => {
  complaints = new Complaints();
  receiver = new Receiver('seed', complaints);
  receiver.secret = secret;
  receiver.unwell = false;
  url = `http://127.0.0.1:${await receiver.open()}/`;
});
afterEach(() => receiver.close());

async function send(body: string, given: { time?: number; key?: string; id?: string } = {}) {
  const { time = Math.floor(Date.now() / 1_000), key = secret, id = 'evt_1' } = given;
  const bytes = Buffer.from(key.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', bytes).update(`${id}.${time}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': `v1,${mac}` }; // prettier-ignore
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

describe('the merchant’s receiver', () => {
  test('I7: accepts what is signed, once or again, and keeps it once', async () => {
    expect([await send(notice()), await send(notice())]).toEqual([204, 204]);
    expect(receiver.received.get('evt_1')).toMatchObject({ accepted: 2, object: { id: 'pay_1' } });
    expect(complaints.all()).toEqual([]);
  });

  test.each([
    ['another secret', { key: `whsec_${Buffer.from('another').toString('base64')}` }],
    ['an hour ago', { time: Math.floor(Date.now() / 1_000) - 3_600 }],
  ])('I7: complains of a webhook signed with %s', async (_how, given) => {
    expect(await send(notice(), given)).toBe(500);
    expect(complaints.all()).toMatchObject([{ invariant: 'I7', subject: 'evt_1' }]);
  });

  test('I7: complains of another body under one id, and of an id that is not the body’s', async () => {
    await send(notice());
    await send(notice('failed'));
    await send(notice(), { id: 'evt_2' });
    expect(complaints.all().map(({ detail }) => detail)).toEqual([
      'another body under the same id',
      'the body calls itself evt_1',
    ]);
  });
});
