import { generateKeyPairSync } from 'node:crypto';

import { parseAccount } from '../../../src/channels/wechat-pay/account.ts';
import { merchant, settings } from './wechat.ts';

const elliptic = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

test('good settings are the account, its keys read already', () => {
  const { merchant_private_key, platform_keys, ...rest } = parseAccount(settings);
  expect({ ...settings, ...rest }).toEqual(settings);
  const pem = merchant_private_key.export({ type: 'pkcs8', format: 'pem' });
  expect(pem).toBe(settings.merchant_private_key);
  expect(Object.keys(platform_keys)).toEqual(Object.keys(settings.platform_keys));
  for (const key of Object.values(platform_keys)) expect(key.type).toBe('public');
});

test.each([
  ['base_url', { base_url: 'ftp://api.mch.weixin.qq.com' }],
  ['base_url', { base_url: 'somewhere' }],
  ['mchid', { mchid: '1"\r\nX: y' }],
  ['mchid', { mchid: '1&mchid=2' }],
  ['merchant_serial', { merchant_serial: 'a"b' }],
  ['merchant_private_key', { merchant_private_key: '-----BEGIN PRIVATE KEY-----\nnonsense' }],
  ['merchant_private_key', { merchant_private_key: merchant.publicKey }],
  ['merchant_private_key', { merchant_private_key: elliptic.privateKey }],
  ['platform_keys.P1', { platform_keys: { P1: 'none' } }],
  ['platform_keys.P1', { platform_keys: { P1: elliptic.publicKey } }],
  ['platform_keys', { platform_keys: {} }],
  ['api_v3_key', { api_v3_key: 'short' }],
  ['api_v3_key', { api_v3_key: '键'.repeat(32) }],
  ['appid', { appid: undefined }],
  ['colour', { colour: 'red' }],
])('a wrong %s is named (%#), and its value is not', (member, change) => {
  const parse = () => parseAccount({ ...settings, ...change });
  expect(parse).toThrow(member);
  const [value] = Object.values(change);
  const secret = typeof value === 'string' && value.length > 6 ? value : 'BEGIN';
  expect(parse).not.toThrow(secret);
});

test('all that is wrong is named at once', () => {
  const parse = () => parseAccount({ ...settings, mchid: '', api_v3_key: '' });
  expect(parse).toThrow(/mchid.*api_v3_key/);
});
