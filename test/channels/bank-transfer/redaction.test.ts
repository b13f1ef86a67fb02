import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import { accountWith, credit, notified, payer } from './bank.ts';

const { redact } = bankTransfer;
const found = accountWith([credit('CR1', '4.00'), { ...credit('CR2', '6.50'), debtor: null }]);
const secrets = ['Payer', 'Elder', payer.iban, 'for A.'];

test('an account is kept without who paid to it and what he wrote', () => {
  const kept = redact(`200\n${JSON.stringify(found)}`);
  for (const secret of secrets) expect(kept).not.toContain(secret);
  const written = { remittance: '[redacted]', debtor: '[redacted]' };
  expect(JSON.parse(kept.slice(4))).toEqual({
    ...found,
    credits: [
      { ...found.credits[0], ...written },
      { ...found.credits[1], ...written, debtor: null },
    ],
  });
});

test('a notice is kept without him too', () => {
  const text = notified('credit.booked', { virtual_account: found }).body.toString();
  for (const secret of secrets) expect(redact(text)).not.toContain(secret);
  expect(JSON.parse(redact(text))).toMatchObject({ id: 'EV5H1', virtual_account: { iban: found.iban } });
}); // prettier-ignore

test.each([
  `{"debtor" : { "name" : "secret" , "iban":"secret" }, "a": 1}`,
  `{"debtor":{"name":"a\\"}secret","iban":"secret"}}`,
  `{"debtor":{"name":"x","address":{"street":"secret"},"email":"secret"}}`,
  `{"debtor":"secret","remittance":"a \\"secret"}`,
  `{"debtor":{"name":"secret`, // cut off
  `{"debtor":{"name":"secret\\`,
  `{"debtor":{"name":"x","address":{"street":"secret`,
  `{"remittance":"secret`,
])('%s loses what is secret', (text) => {
  expect(redact(text)).not.toContain('secret');
  expect(redact(text)).toContain('[redacted]');
});

test('what is no secret stays as it was', () => {
  const { credits: _, ...rest } = found;
  const text = JSON.stringify({ ...rest, debtor: null, holder: 'Demo Ltd', remittance: null });
  expect(redact(text)).toBe(text);
});

test('a text without end is redacted at once', () => {
  for (const long of [`{"debtor":{${'"a":1,'.repeat(50_000)}`, `{"debtor":${'{'.repeat(200_000)}`, `{"debtor":{"name":"${'\\'.repeat(200_001)}`]) {
    const began = performance.now();
    redact(long);
    expect(performance.now() - began).toBeLessThan(2_000);
  }
}); // prettier-ignore
