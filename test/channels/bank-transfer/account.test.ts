import { parseAccount } from '../../../src/channels/bank-transfer/account.ts';
import { keyPair as rsaPair } from '../key-pair.ts';
import { customer, settings } from './bank.ts';

const rsa = rsaPair();

test('good settings are the account, its keys read already', () => {
  const { customer_private_key, bank_keys, underpayment, overpayment, ...rest } =
    parseAccount(settings);
  expect({ underpayment, overpayment }).toEqual({
    underpayment: 'wait',
    overpayment: 'refund_rest',
  });
  expect({ ...settings, ...rest }).toEqual(settings);
  expect(customer_private_key.export({ type: 'pkcs8', format: 'pem' })).toBe(customer.privateKey);
  expect(Object.keys(bank_keys)).toEqual(['bank-1', 'bank-2']);
  for (const key of Object.values(bank_keys)) expect(key.type).toBe('public');
});

test.each([
  [{ underpayment: 'refund', overpayment: 'case' }],
  [{ underpayment: { accept_within: { EUR: 500, JPY: 800 } }, overpayment: 'refund_rest' }],
])('what becomes of too little and too much is the account’s to say: %j', (policy) => {
  expect(parseAccount({ ...settings, ...policy })).toMatchObject(policy);
});

test.each([
  ['base_url', { base_url: 'ftp://bank.example' }],
  ['base_url', { base_url: undefined }], // no bank is everybody's
  ['customer', { customer: 'CST1"\r\nX: y' }],
  ['customer_key_id', { customer_key_id: 'a"b' }],
  ['customer_private_key', { customer_private_key: customer.publicKey }],
  ['customer_private_key', { customer_private_key: rsa.privateKey }],
  ['bank_keys.B1', { bank_keys: { B1: 'none' } }],
  ['bank_keys.B1', { bank_keys: { B1: rsa.publicKey } }],
  ['bank_keys', { bank_keys: {} }],
  ['underpayment', { underpayment: 'keep' }],
  ['underpayment', { underpayment: { accept_within: {} } }],
  ['underpayment', { underpayment: { accept_within: { EUR: 1.5 } } }],
  ['underpayment', { underpayment: { accept_within: { EUR: 100_001 } } }],
  ['underpayment', { underpayment: { accept_within: { XAU: 5 } } }],
  ['overpayment', { overpayment: 'keep' }],
  ['colour', { colour: 'red' }],
])('a wrong %s is named (%#), and its value is not', (member, change) => {
  const parse = () => parseAccount({ ...settings, ...change });
  expect(parse).toThrow(member);
  const [value] = Object.values(change);
  const secret = typeof value === 'string' && value.length > 6 ? value : 'BEGIN';
  expect(parse).not.toThrow(secret);
});
