import { stripe } from '../../../src/channels/stripe/channel.ts';
import { answering, charge, notified, order, paid, replied, settings } from './stripe.ts';

const { redact } = stripe;
const secrets = [
  paid.client_secret,
  paid.payment_method,
  charge.billing_details.email,
  charge.billing_details.name,
  charge.payment_method_details.card.fingerprint,
  '4242',
  charge.receipt_url,
];

test('an order is kept without its payer, his card and what lets somebody act in his place', () => {
  const text = `200\n${JSON.stringify(paid)}`;
  for (const secret of secrets) {
    expect(text).toContain(secret);
    expect(redact(text)).not.toContain(secret);
  }
  const kept = JSON.parse(redact(text).slice(4));
  expect(kept).toMatchObject({
    id: paid.id,
    amount: 1999,
    currency: 'usd',
    status: 'succeeded',
    metadata: paid.metadata,
    latest_charge: { id: charge.id, created: charge.created, payment_method_details: { card: { brand: 'visa' } } },
  });
}); // prettier-ignore

test('a webhook is kept without them too', () => {
  const kept = redact(notified('payment_intent.succeeded', paid).body.toString());
  for (const secret of secrets) expect(kept).not.toContain(secret);
  expect(JSON.parse(kept)).toMatchObject({ id: 'evt_3QHoldfast', type: 'payment_intent.succeeded' });
}); // prettier-ignore

test.each(['tok_1secret', 'pm_1secret', 'secret of no known form', '4242secret'])(
  'a confirmation with %s is kept without it',
  async (token) => {
    const call = answering(replied(200, paid));
    await stripe.confirm!(call, { ...order, token });
    const { method, url, body } = call.requests[0]!;
    const kept = redact(`${method} ${url}\n${body}`);
    expect(kept).not.toContain('secret');
    expect(kept).toContain(`POST ${settings.base_url}/v1/payment_intents/${order.handle}/confirm\n`);
    expect(kept).toContain('return_url=');
  },
); // prettier-ignore

test.each([
  `{"payment_method":"secret"}`,
  `{ "payment_method" : "secret" }`,
  `{"payment_method":{"id":"pm_secret","card":{"fingerprint":"secret","last4":"secret"}}}`,
  `{"email":"a\\"secret"}`,
  `{"receipt_email":"secret","name":"secret","phone":"secret"}`,
  `{"address":{"line1":"secret","postal_code":"secret"}}`,
  `{"client_secret":"pi_1_secret_secret"}`,
  `{"name":"secret`, // cut off
  `{"name":"secret\\`,
  `{"message":"No such PaymentMethod: 'secret'"}`,
  `{"message":"No such token: 'secret'"}`,
  `{"message":"Invalid API Key provided: sk_test_secret"}`,
  `{"url":"https://hooks.stripe.com/redirect/src_secret"}`,
  `payment_method=secret&return_url=x`,
  `amount=1&payment_method=secret`,
])('%s loses what is secret', (text) => {
  expect(redact(text).replace('"client_secret"', '').replaceAll('_secret_[', '')).not.toMatch(/secret/);
  expect(redact(text)).toContain('[redacted]');
}); // prettier-ignore

test('what is no secret stays as it was', () => {
  const text =
    '{"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card"},' +
    '"payment_method":null,"payment_method_types":["card"],"amount":1999,"note":"name: none","names":"1"}';
  expect(redact(text)).toBe(text);
  const form = 'amount=1999&payment_method_types%5B%5D=card&metadata%5Breference%5D=att_01kaw';
  expect(redact(form)).toBe(form);
});
