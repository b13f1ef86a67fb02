import { generateKeyPairSync } from 'node:crypto';

import { parseAccount } from '../../../src/channels/alipay/account.ts';
import { app, settings } from './alipay.ts';

const elliptic = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

test('good settings are the account, its keys read already', () => {
  const { app_private_key, alipay_keys, certificate_names, ...rest } = parseAccount(settings);
  const { base_url, app_id, seller_id } = settings;
  expect(rest).toEqual({ base_url, app_id, seller_id });
  expect(app_private_key.export({ type: 'pkcs8', format: 'pem' })).toBe(settings.app_private_key);
  expect(alipay_keys.map(({ key, cert_sn }) => [key.type, cert_sn])).toEqual([['public', null], ['public', null]]); // prettier-ignore
  expect(certificate_names).toBeNull();
});

test.each([
  ['base_url', { base_url: 'ftp://openapi.alipay.com' }],
  ['base_url', { base_url: 'somewhere' }],
  ['app_id', { app_id: '2021&app_id=2' }],
  ['seller_id', { seller_id: undefined }],
  ['app_private_key', { app_private_key: '-----BEGIN PRIVATE KEY-----\nnonsense' }],
  ['app_private_key', { app_private_key: app.publicKey }],
  ['app_private_key', { app_private_key: elliptic.privateKey }],
  ['alipay_public_keys.0', { alipay_public_keys: [elliptic.publicKey] }],
  ['alipay_public_keys', { alipay_public_keys: [] }],
  ['colour', { colour: 'red' }],
])('a wrong %s is named (%#), and its value is not', (member, change) => {
  const parse = () => parseAccount({ ...settings, ...change });
  expect(parse).toThrow(`alipay account: `);
  expect(parse).toThrow(member);
  const [value] = Object.values(change);
  const secret = typeof value === 'string' && value.length > 6 ? value : 'BEGIN';
  expect(parse).not.toThrow(secret);
});
