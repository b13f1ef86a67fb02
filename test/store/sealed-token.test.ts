import fc from 'fast-check';

import { createKeyring } from '../../src/store/keyring.ts';
import { openToken, sealToken } from '../../src/store/sealed-token.ts';
import { keyring } from '../support/keyring.ts';

const app = { app_id: 'app_1', livemode: true } as const;

test('what was sealed is opened for the same app, whatever it is, and shows nothing of itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 8 }), (token) => {
      const kept = sealToken(keyring, token, app);
      expect(kept).toMatch(/^sealed:test:[\w+/]+=*$/);
      expect(kept).not.toContain(token);
      expect(openToken(keyring, kept, 'app_1')).toBe(token);
    }),
  );
});

test('a token that looks like a sealed one is sealed like any other', () => {
  const forged = sealToken(keyring, 'tok_ok', app);
  expect(openToken(keyring, sealToken(keyring, forged, app), 'app_1')).toBe(forged);
});

test('copied to a payment of another app it does not open', () => {
  const kept = sealToken(keyring, 'tok_ok', app);
  const refusal = "SECRET_KEYS: the key 'test' does not open a payer's token of app_2: it is another key, or the row was changed"; // prettier-ignore
  expect(() => openToken(keyring, kept, 'app_2')).toThrow(new Error(refusal));
});

test('what was kept before tokens were sealed is as it is', () => {
  for (const token of ['tok_ok', '192.0.2.1', 'oTestPayer', 'sealed:', 'sealed:test:'])
    expect(openToken(keyring, token, 'app_1')).toBe(token);
});

test('without a key nothing is sealed', () => {
  expect(() => sealToken(createKeyring([]), 'tok_ok', app)).toThrow('SECRET_KEYS is not set');
});
