import { stripe } from '../../../src/channels/stripe/channel.ts';
import { answering, order, paid, refusedWith, replied } from './stripe.ts';

const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

async function sent(verb: 'create' | 'confirm', given: object) {
  const call = answering(replied(200, paid));
  await stripe[verb]!(call, { ...order, ...given });
  return formOf(call.requests[0]!.body);
}

const cards = ['card', 'apple_pay', 'google_pay'];
const pages = ['ideal', 'grabpay'];

test('every method that the facts name has its way, and no other', async () => {
  expect(Object.keys(stripe.facts.methods)).toEqual([...cards, ...pages]);
  await expect(sent('create', { method: 'paypal' })).rejects.toThrow("'paypal'");
});

test.each(cards)('%s is a card to Stripe, and can be held', async (method) => {
  const form = await sent('create', { method, capture: 'manual' });
  expect(form).toMatchObject({
    'payment_method_types[]': 'card',
    'payment_method_options[card][request_multicapture]': 'if_available',
    'payment_method_options[card][request_incremental_authorization]': 'if_available',
  });
});

test.each([
  ['tok_1Holdfast', { 'payment_method_data[type]': 'card', 'payment_method_data[card][token]': 'tok_1Holdfast' }],
  ['pm_1Holdfast', { payment_method: 'pm_1Holdfast' }],
])('%s stands where Stripe wants it', async (token, named) => {
  for (const method of cards)
    expect(await sent('confirm', { method, token })).toEqual({
      ...named,
      return_url: order.return_url,
      'expand[]': 'latest_charge',
    });
}); // prettier-ignore

test.each(pages)('%s is an order of its own kind, and the payer comes with nothing', async (method) => {
  const order = { method, token: null };
  expect(await sent('create', order)).toMatchObject({ 'payment_method_types[]': method });
  expect(await sent('confirm', order)).toMatchObject({ 'payment_method_data[type]': method });
  expect(stripe.facts.exceptions?.[method]).toEqual({ captures: 'none' });
}); // prettier-ignore

test('a token that nobody issued is a method that cannot be used, and is not told on', async () => {
  const param = 'payment_method_data[card][token]';
  const error = { code: 'resource_missing', param, message: "No such token: 'tok_1Holdfast'" };
  const call = answering(refusedWith(400, error));
  const answer = await stripe.confirm!(call, { ...order, token: 'tok_1Holdfast' });
  expect(answer).toMatchObject({ kind: 'declined', failure: { code: 'invalid_method' } });
  expect(JSON.stringify(answer)).not.toContain('tok_1Holdfast');
});

test('of a payer’s account at his bank nothing is kept', () => {
  const told = JSON.stringify({ ideal: { bank: 'ing', iban_last4: '5264', verified_name: 'J. Rosen' } }); // prettier-ignore
  const kept = stripe.redact(told);
  expect(kept).toContain('"bank":"ing"');
  for (const secret of ['5264', 'Rosen']) expect(kept).not.toContain(secret);
});
