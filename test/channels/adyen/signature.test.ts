import { hmacValidator } from '@adyen/api-library';

import { isGenuine, signedText } from '../../../src/channels/adyen/signature.ts';
import { account, hmacKey, item, read, webhook } from './adyen.ts';

const vector = {
  eventCode: 'AUTHORISATION',
  success: 'true',
  pspReference: '7914073381342284',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  amount: { value: 1_130, currency: 'EUR' },
  additionalData: { hmacSignature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=' },
};

test('the published vector is believed, and its text is what the documents say', () => {
  expect(signedText(vector)).toBe('7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true'); // prettier-ignore
  expect(isGenuine(account, vector)).toBe(true);
});

test.each(['pspReference', 'originalReference', 'merchantReference', 'eventCode', 'success'])(
  'with another %s it is not',
  (member) => {
    expect(isGenuine(account, { ...vector, [member]: 'another' })).toBe(false);
  },
);

test.each([
  ['another amount', { amount: { value: 1_131, currency: 'EUR' } }],
  ['another currency', { amount: { value: 1_130, currency: 'USD' } }],
  ['no signature', { additionalData: {} }],
  ['nothing beside it', { additionalData: null }],
  ['a signature cut short', { additionalData: { hmacSignature: 'coqCmt/IZ4E3' } }],
])('with %s it is not', (_, given) => {
  expect(isGenuine(account, { ...vector, ...given })).toBe(false);
});

test('either of two keys is believed while one takes the place of the other', () => {
  const older = 'ab'.repeat(32);
  const both = { ...account, hmac_keys: [hmacKey, older] };
  for (const key of [hmacKey, older]) expect(read(webhook([item({}, key)]), both).kind).toBe('attempt'); // prettier-ignore
  expect(read(webhook([item({}, 'cd'.repeat(32))]), both).kind).toBe('forged');
});

test('Adyen’s own library signs what we believe, and believes what our tests sign', () => {
  const validator = new hmacValidator();
  const ours = item();
  expect(validator.validateHMAC(ours, hmacKey)).toBe(true);
  const { additionalData: _, ...bare } = ours;
  const hmacSignature = validator.calculateHmac(bare, hmacKey);
  expect(isGenuine(account, { ...bare, additionalData: { hmacSignature } })).toBe(true);
});
