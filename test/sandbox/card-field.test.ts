import { readFileSync } from 'node:fs';

import { testCards } from '../../src/sandbox/test-card.ts';
import { browse } from './payer-browser.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const card = { number: '4242 4242 4242 4242', expiry: '12/34', cvc: '123' };
const page = () => `${shop.sandbox.control}/card`;
const type = (typed: object) =>
  browse(page(), { method: 'POST', body: new URLSearchParams({ ...typed }) });
const send = (typed: object) => shop.sandbox.call('POST', '/card', typed);

test('a payer sees a field for his card, and what he may try', async () => {
  const { status, html } = await browse(page());
  expect(status).toBe(200);
  for (const name of ['number', 'expiry', 'cvc']) expect(html).toContain(`name="${name}"`);
  for (const words of ['no money moves', '4000 0000 0000 0002', '…170'])
    expect(html).toContain(words);
});

test.each(testCards)('the number $number becomes $token', async ({ number, token, brand }) => {
  const { status, html } = await type({ ...card, number });
  expect(status).toBe(200);
  expect(html).toContain(`<code>${token}</code>`);
  const last4 = number.slice(-4);
  expect((await send({ ...card, number })).body).toEqual({ token, brand, last4 });
});

test('the numbers are ones that the card schemes would allow', () => {
  const isAllowed = (number: string) => {
    const digits = Array.from(number, Number).reverse();
    const summed = digits.map((digit, place) => (place % 2 === 0 ? digit : (digit * 2) % 9 || digit)); // prettier-ignore
    return summed.reduce((sum, digit) => sum + digit, 0) % 10 === 0;
  };
  expect(testCards.filter(({ number }) => !isAllowed(number))).toEqual([]);
});

test('he is sent on to the merchant with the token, and never with the number', async () => {
  const return_url = 'https://shop.example/paid?order=7';
  expect((await browse(`${page()}?return_url=${encodeURIComponent(return_url)}`)).html).toContain(
    'value="https://shop.example/paid?order=7"',
  );
  const { status, location } = await type({ ...card, return_url });
  expect([status, location]).toEqual([
    303,
    'https://shop.example/paid?order=7&token=tok_ok&brand=visa&last4=4242',
  ]);
});

test.each([
  ['a number that nobody published', { number: '4111 1111 1111 1111' }, 'number: '],
  ['no number', { number: '' }, 'number: is missing'],
  ['a card that has expired', { expiry: '11/25' }, 'expiry: must not be over'],
  ['a month that there is not', { expiry: '13/34' }, 'expiry: must be month and year'],
  ['no security code', { cvc: '' }, 'cvc: is missing'],
  ['a security code of two digits', { cvc: '12' }, 'cvc: must be three digits'],
  ['a way back that runs', { return_url: 'javascript:alert(1)' }, 'return_url: '],
])('%s is refused, by name and without repeating it', async (_what, wrong, error) => {
  const typed = { ...card, ...wrong };
  const answered = await send(typed);
  expect(answered).toEqual({ status: 422, body: { error: expect.stringContaining(error) } });
  const { status, html } = await type(typed);
  expect([status, html]).toEqual([422, expect.stringContaining('role="alert"')]);
  for (const text of [JSON.stringify(answered.body), html.split('</details>')[1]])
    expect(text).not.toMatch(/4111|javascript/);
});

test('a number is written nowhere', async () => {
  await type(card);
  await send({ ...card, number: '5555 5555 5555 4444' });
  await shop.paidOrder(); // which is
  const journal = readFileSync(`${shop.sandbox.directory}/sandbox/books.jsonl`, 'utf8');
  expect(journal).toContain('"paid"');
  expect(journal).not.toMatch(/5555 ?5555|4242 ?4242/);
});

test('another method is told what is allowed', async () => {
  const response = await fetch(page(), { method: 'DELETE' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
});
