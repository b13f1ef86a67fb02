import { adyen } from '../../../src/channels/adyen/channel.ts';
import { answering, item, order, replied, webhook } from './adyen.ts';

const { redact } = adyen;

test('what pays, and what the payer brought, is not kept of a request', async () => {
  const call = answering(replied(500, ''));
  await adyen.create(call, { ...order, token: 'shopper-7:tok_ok' });
  await adyen.confirm!(call, order);
  const kept = call.requests.map(({ body }) => redact(body)).join('\n');
  expect(kept).toContain(order.reference);
  for (const secret of ['tok_ok', 'shopper-7', order.returned!]) {
    expect(call.requests.some(({ body }) => body.includes(secret))).toBe(true);
    expect(kept).not.toContain(secret);
  }
});

test('neither card nor payer is kept of an answer or a notice', () => {
  const payer = { shopperEmail: 'a.payer@mail.example', 'recurring.shopperReference': 'payer 7', cardHolderName: 'A. Payer', expiryDate: '03/2030' }; // prettier-ignore
  const said = item();
  const text = webhook([{ ...said, additionalData: { ...said.additionalData, ...payer } }]).toString(); // prettier-ignore
  const kept = redact(text);
  for (const secret of [...Object.values(payer), '"1111"', said.additionalData.hmacSignature])
    expect([text.includes(secret), kept.includes(secret)]).toEqual([true, false]);
  expect(JSON.parse(kept).notificationItems[0].NotificationRequestItem).toMatchObject({
    pspReference: said.pspReference,
    amount: said.amount,
  });
});
