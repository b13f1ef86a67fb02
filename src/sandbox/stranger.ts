import { generateKeyPairSync, type KeyObject } from 'node:crypto';

const keys: Partial<Record<'rsa' | 'ed25519', KeyObject>> = {};

/** A private key that is nobody's: what is signed with it is well formed and forged. */
export function strangersKey(kind: 'rsa' | 'ed25519' = 'rsa'): KeyObject {
  keys[kind] ??=
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey
      : generateKeyPairSync('ed25519').privateKey;
  return keys[kind];
}
