import { paypal } from '../../../src/channels/paypal/channel.ts';
import { captured, notified, order, paid, payer, settings, told } from './paypal.ts';

const { redact } = paypal;
const secrets = [
  payer.email_address,
  payer.payer_id,
  payer.name.given_name,
  payer.name.surname,
  payer.address.address_line_1,
  payer.address.postal_code,
];

test('an order is kept without its payer', () => {
  const text = `200\n${JSON.stringify(paid)}`;
  for (const secret of secrets) {
    expect(text).toContain(secret);
    expect(redact(text)).not.toContain(secret);
  }
  const [unit] = paid.purchase_units;
  expect(JSON.parse(redact(text).slice(4))).toMatchObject({
    id: paid.id,
    status: 'COMPLETED',
    payer: { address: { country_code: 'GB' } },
    purchase_units: [
      {
        custom_id: order.reference,
        amount: unit?.amount,
        payee: { merchant_id: settings.merchant_id },
        payments: { captures: [captured] },
      },
    ],
  });
});

test('a notice is kept without him too', () => {
  const text = notified('PAYMENT.CAPTURE.COMPLETED', 'capture', { ...told, payer }).body.toString();
  for (const secret of secrets) expect(redact(text)).not.toContain(secret);
  expect(JSON.parse(redact(text))).toMatchObject({
    id: 'WH-58D329510W468432D-8HN650336L201105X',
    resource: { id: captured.id, amount: captured.amount },
  });
});

test.each([
  `{"access_token":"secret","nonce":"secret"}`,
  `{ "payer_id" : "secret" }`,
  `{"account_id":"secret"}`,
  `{"name":{"given_name":"a\\"secret","surname":"secret"}}`,
  `{"shipping":{"name":{"full_name":"secret"},"address":{"admin_area_2":"secret","postal_code":7}}}`,
  `{"phone":{"phone_number":{"national_number":"secret"}},"birth_date":"secret"}`,
  `{"card":{"last_digits":"secret"},"tax_info":{"tax_id":"secret"}}`,
  `{"surname":"secret`, // cut off
  `{"surname":"secret\\`,
  `{"description":"secret.person+1@mail.secret.example cannot pay"}`,
])('%s loses what is secret', (text) => {
  expect(redact(text)).not.toMatch(/secret/);
  expect(redact(text)).toContain('[redacted]');
});

test('what is no secret stays as it was', () => {
  const text =
    '{"name":"UNPROCESSABLE_ENTITY","details":[{"issue":"INSTRUMENT_DECLINED","description":"The instrument @ hand"}],' +
    '"payee":{"merchant_id":"HOLDFASTSHOP1"},"amount":{"value":"19.99"},"payer_id":null,"debug_id":"90957fca61718"}';
  expect(redact(text)).toBe(text);
});

test('a text without end is redacted at once', () => {
  const long = `${'a.'.repeat(100_000)}@${'b.'.repeat(100_000)}`;
  const began = performance.now();
  redact(long);
  expect(performance.now() - began).toBeLessThan(2_000);
});
