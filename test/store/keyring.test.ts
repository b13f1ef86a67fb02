import fc from 'fast-check';

import { createKeyring } from '../../src/store/keyring.ts';

const key = (id: string, fill: number) => ({ id, bytes: Buffer.alloc(32, fill) });
const keyring = createKeyring([key('k1', 1)]);
const place = 'channel account cha_1 version 1';
const secret = '{"api_key":"sk_live_canary","name":"微信"}';
const kept = keyring.seal(secret, place);

const message = (run: () => unknown): string => {
  try {
    return `nothing was thrown, but answered ${String(run())}`;
  } catch (error) {
    return (error as Error).message;
  }
};

test('what was sealed is opened at its place, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, somewhere) => {
      expect(keyring.open(keyring.seal(text, somewhere), somewhere)).toBe(text);
    }),
  );
});

test('the same secret is never sealed the same way twice, and shows nothing of itself', () => {
  const all = Array.from({ length: 100 }, () => keyring.seal(secret, place).sealed);
  const nonces = all.map((sealed) => sealed.subarray(0, 12).toString('hex'));
  expect(new Set(nonces).size).toBe(100);
  for (const sealed of all) expect(sealed.toString('latin1')).not.toContain('canary');
});

test('one flipped bit, wherever it is, opens nothing', () => {
  for (let bit = 0; bit < kept.sealed.length * 8; bit += 1) {
    const sealed = Buffer.from(kept.sealed);
    sealed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => keyring.open({ ...kept, sealed }, place)).toThrow('does not open');
  }
});

test('a part of it opens nothing', () => {
  for (let length = 0; length < kept.sealed.length; length += 1) {
    const sealed = kept.sealed.subarray(0, length);
    expect(() => keyring.open({ ...kept, sealed }, place)).toThrow('does not open');
  }
});

test('moved to another account or version it does not open', () => {
  for (const other of ['channel account cha_2 version 1', 'channel account cha_1 version 11'])
    expect(message(() => keyring.open(kept, other))).toBe(
      `SECRET_KEYS: the key 'k1' does not open ${other}: it is another key, or the row was changed`,
    );
});

test('another key under the same id, and an id that is not known, are said in one line without the secret', () => {
  expect(message(() => createKeyring([key('k1', 2)]).open(kept, place))).toBe(
    `SECRET_KEYS: the key 'k1' does not open ${place}: it is another key, or the row was changed`,
  );
  expect(message(() => createKeyring([key('k2', 1)]).open(kept, place))).toBe(
    `SECRET_KEYS: no key 'k1', which has sealed ${place}`,
  );
});

test('the first key seals, every one opens', () => {
  const both = createKeyring([key('k2', 2), key('k1', 1)]);
  expect(both.open(kept, place)).toBe(secret);
  const anew = both.seal(secret, place);
  expect([both.first, anew.key_id]).toEqual(['k2', 'k2']);
  expect(createKeyring([key('k2', 2)]).open(anew, place)).toBe(secret);
});

test('what a test key brings is sealed with a published key where there is one, so that every stack opens it', () => {
  const published = { ...key('everybody', 3), isPublished: true };
  const mixed = createKeyring([key('k1', 1), published]);
  expect(mixed.seal(secret, place, true).key_id).toBe('k1');
  expect(mixed.seal(secret, place).key_id).toBe('k1');
  const sealed = mixed.seal(secret, place, false);
  expect([sealed.key_id, createKeyring([published]).open(sealed, place)]).toEqual(['everybody', secret]);
  expect(keyring.seal(secret, place, false).key_id).toBe('k1');
}); // prettier-ignore

test('without a key nothing is sealed', () => {
  expect(message(() => createKeyring([]).seal(secret, place))).toBe(
    `SECRET_KEYS is not set: there is no key to seal ${place} with`,
  );
});
