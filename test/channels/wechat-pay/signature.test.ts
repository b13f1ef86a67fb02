import wechatpay from 'wechatpay-axios-plugin';

import {
  authorization,
  decrypt,
  expectedKey,
  verification,
} from '../../../src/channels/wechat-pay/signature.ts';
import { account, merchant, now, platform, rotated, settings, signed, stranger } from './wechat.ts';

const { Aes, Formatter, Rsa } = wechatpay as any;
const merchantKey = Rsa.from(merchant.publicKey, 'public');

const pairsOf = (header: string) =>
  Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );

describe('our Authorization', () => {
  test.each([
    ['GET', '/v3/pay/transactions/out-trade-no/att_1?mchid=1900000109', ''],
    ['POST', '/v3/pay/transactions/native', '{"description":"两张票 🎫"}'],
    ['POST', '/v3/pay/transactions/out-trade-no/att_1/close', '{"mchid":"1900000109"}'],
  ])('for %s %s verifies with a third-party library', (method, path, body) => {
    const header = authorization(account, method, `${account.base_url}${path}`, body, now);
    expect(header).toMatch(/^WECHATPAY2-SHA256-RSA2048 /);
    const { timestamp, nonce_str, signature, ...who } = pairsOf(header);
    expect(who).toEqual({ mchid: settings.mchid, serial_no: settings.merchant_serial });
    expect(timestamp).toBe(String(now.getTime() / 1_000));
    const message = Formatter.request(method, path, timestamp, nonce_str, body);
    expect(Rsa.verify(message, signature, merchantKey)).toBe(true);
    const other = Formatter.request(method, `${path}x`, timestamp, nonce_str, body);
    expect(Rsa.verify(other, signature, merchantKey)).toBe(false);
  });

  test('never uses a nonce twice', () => {
    const nonces = Array.from(
      { length: 50 },
      () => pairsOf(authorization(account, 'GET', `${account.base_url}/v3`, '', now))['nonce_str'],
    );
    expect(new Set(nonces).size).toBe(50);
  });
});

test.each([
  ['its only certificate', ['P1'], 'P1'],
  ['its public key', ['PUB_KEY_ID_1'], 'PUB_KEY_ID_1'],
  ['its public key beside a certificate', ['P1', 'PUB_KEY_ID_1', 'P2'], 'PUB_KEY_ID_1'],
  ['neither of two certificates that rotate', ['P1', 'P2'], undefined],
  ['neither of two public keys that rotate', ['P1', 'PUB_KEY_ID_1', 'PUB_KEY_ID_2'], undefined],
])('an account expects a reply to be signed by %s', (_which, serials, expected) => {
  const [key] = Object.values(account.platform_keys);
  const platform_keys = Object.fromEntries(serials.map((serial) => [serial, key!]));
  expect(expectedKey({ ...account, platform_keys })).toBe(expected);
});

describe('a text that a third-party library signed', () => {
  const body = '{"code_url":"weixin://wxpay/bizpayurl?pr=1","名":"支付"}';
  const trust = (headers: Record<string, string>, at = now) =>
    verification(account, headers, Buffer.from(body), at);

  test('is genuine, also with the second key while keys rotate', () => {
    expect(trust(signed(body))).toBe('genuine');
    expect(trust(signed(body, { key: rotated.privateKey, serial: 'PUB_KEY_ID_2' }))).toBe(
      'genuine',
    );
  });

  test('is genuine when it is empty, as a 204 is', () => {
    expect(verification(account, signed(''), Buffer.alloc(0), now)).toBe('genuine');
  });

  test.each([
    [299, 'genuine'],
    [-299, 'genuine'],
    [300, 'stale'],
    [-300, 'stale'],
  ])('is, %d seconds later, %s', (seconds, expected) => {
    expect(trust(signed(body), new Date(now.getTime() + seconds * 1_000))).toBe(expected);
  });

  test.each([
    ['by a stranger', { key: stranger.privateKey }],
    ['under the serial of another key', { serial: 'PUB_KEY_ID_2' }],
    ['under a serial that nobody has', { serial: 'PLATFORM9' }],
    ['under a serial named constructor', { serial: 'constructor' }],
    ['under a serial named __proto__', { serial: '__proto__' }],
    ['as a probe of WeChat', { signature: 'WECHATPAY/SIGNTEST/abcdefgh' }],
  ])('%s is forged', (_how, signing) => {
    expect(trust(signed(body, signing))).toBe('forged');
  });

  test('is forged with a signature that only decodes to the same bytes', () => {
    const headers = signed(body);
    const signature = headers['wechatpay-signature']!;
    for (const same of [
      `${signature}=`,
      ` ${signature}`,
      signature.replace('=', ''),
      `${signature}\n`,
    ])
      expect(trust({ ...headers, 'wechatpay-signature': same })).toBe('forged');
  });

  test('is forged when its timestamp is not plain seconds', () => {
    for (const timestamp of ['', '1e9', '-1', '0x10', '1764036000.0', '9'.repeat(40)])
      expect(trust({ ...signed(body), 'wechatpay-timestamp': timestamp })).toBe('forged');
  });
});

describe('AES-256-GCM', () => {
  const vector = {
    ciphertext: 'Eu69zaqBCIwQaJNlb7tiHQ9k+Fz80zx5YzOYHKwl/geBbi9ljwuu9FA=',
    nonce: 'abcdefghijkl',
    associated_data: 'transaction',
  };

  test('opens the vector of channels.md 1.3', () => {
    expect(decrypt(account, vector)).toBe('{"trade_state":"SUCCESS"}');
  });

  test.each(['', 'transaction'])(
    'opens what a third-party library sealed, with "%s" beside it',
    (aad) => {
      const ciphertext = Aes.AesGcm.encrypt('{"支付":1}', settings.api_v3_key, vector.nonce, aad);
      expect(decrypt(account, { ...vector, ciphertext, associated_data: aad })).toBe('{"支付":1}');
    },
  );

  test('opens nothing in which one bit of text or tag was changed', () => {
    const sealed = Buffer.from(vector.ciphertext, 'base64');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
      expect(decrypt(account, { ...vector, ciphertext: changed.toString('base64') })).toBeNull();
    }
  });

  test.each([
    ['another nonce', { nonce: 'abcdefghijkm' }],
    ['no nonce', { nonce: '' }],
    ['other associated data', { associated_data: 'refund' }],
    ['no associated data', { associated_data: '' }],
    ['less than a tag', { ciphertext: 'AAAA' }],
    ['nothing', { ciphertext: '' }],
  ])('opens nothing with %s', (_what, change) => {
    expect(decrypt(account, { ...vector, ...change })).toBeNull();
  });

  test('opens nothing with another merchant’s key', () => {
    const other = { ...account, api_v3_key: 'f'.repeat(32) };
    expect(decrypt(other, vector)).toBeNull();
  });
});

test('the keys of this test are different ones', () => {
  const keys = [merchant, platform, rotated, stranger].map(({ publicKey }) => publicKey);
  expect(new Set(keys).size).toBe(4);
});
