import { generateKeyPairSync, type KeyObject } from 'node:crypto';

let key: KeyObject | null = null;

/** A private RSA key that is nobody's: what is signed with it is well formed and forged. */
export function strangersKey(): KeyObject {
  key ??= generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  return key;
}
