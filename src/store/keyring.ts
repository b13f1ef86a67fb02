import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A master key: 32 bytes, and the name that stands beside what it has sealed. */
export interface SecretKey {
  readonly id: string;
  readonly bytes: Buffer;
  /** Everybody has it: what it seals is to be opened by every stack on the store, and is no real secret. */
  readonly isPublished?: boolean;
}

/** What is kept of a secret: nonce, ciphertext and tag in one, and which key opens it. */
export interface Sealed {
  readonly sealed: Buffer;
  readonly key_id: string;
}

/** Seals and opens secrets (AES-256-GCM). `place` says where one is kept: moved to another, it does not open. */
export interface Keyring {
  /** The id of the key that seals; null when there is none. */
  readonly first: string | null;
  /** @param livemode false, of a test key's secret: sealed with a published key where there is one; default true */
  readonly seal: (text: string, place: string, livemode?: boolean) => Sealed;
  /** Throws an Error of one line that names key and place, never the secret. */
  readonly open: (kept: Sealed, place: string) => string;
}

/** There is nothing to seal with: the operator has given no master key. */
export class NoSecretKey extends Error {}

const cipher = 'aes-256-gcm';
const nonceBytes = 12; // random: good for 2^32 secrets under one key
const tagBytes = 16;

/** The first key seals, every one opens what it has sealed. */
export function createKeyring(keys: readonly SecretKey[]): Keyring {
  const [first] = keys;
  const published = keys.find(({ isPublished }) => isPublished);
  return {
    first: first?.id ?? null,
    seal: (text, place, livemode = true) => {
      const key = livemode ? first : (published ?? first);
      if (!key)
        throw new NoSecretKey(`SECRET_KEYS is not set: there is no key to seal ${place} with`);
      return { sealed: sealedWith(key, text, place), key_id: key.id };
    },
    open: ({ sealed, key_id }, place) => {
      const key = keys.find(({ id }) => id === key_id);
      if (!key) throw new Error(`SECRET_KEYS: no key '${key_id}', which has sealed ${place}`);
      return opened(key, sealed, place);
    },
  };
}

function sealedWith({ bytes }: SecretKey, text: string, place: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, bytes, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()]); // prettier-ignore
}

function opened({ id, bytes }: SecretKey, sealed: Buffer, place: string): string {
  try {
    const opening = createDecipheriv(cipher, bytes, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    opening.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(-tagBytes));
    const text = opening.update(sealed.subarray(nonceBytes, -tagBytes));
    return Buffer.concat([text, opening.final()]).toString('utf8'); // `final` checks the tag
  } catch {
    throw new Error(`SECRET_KEYS: the key '${id}' does not open ${place}: it is another key, or the row was changed`); // prettier-ignore
  }
}
