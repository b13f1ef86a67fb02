/**
 * TypeIDs (prefix + UUIDv7 in Crockford base32, https://github.com/jetify-com/typeid/tree/main/spec):
 * this file checks and formats them; the store and the API draw them, since drawing needs a clock and chance.
 */
export const prefixes = [
  'pay', 'att', 'op', 'cap', 'ref', 'evt', 'cbk', 'exc', 'mer', 'app', 'key', 'cha', 'case', 'req', 'cus', 'ltx', 'rul',
  'whe', 'inc', 'dlv', 'wal', 'top', 'pm', 'wor', 'po', 'dsp', 'gft', 'evd', 'fnd',
] as const; // prettier-ignore
export type Prefix = (typeof prefixes)[number];
export type Id<P extends Prefix = Prefix> = `${P}_${string}`;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const suffix = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** True when `text` is a TypeID with this prefix: 26 base32 digits that fit in 128 bits. */
export function isId<P extends Prefix>(prefix: P, text: string): text is Id<P> {
  return text.startsWith(`${prefix}_`) && suffix.test(text.slice(prefix.length + 1));
}

/** The TypeID of 16 bytes of a UUID. Throws a RangeError for another length. */
export function formatId<P extends Prefix>(prefix: P, uuid: Uint8Array): Id<P> {
  if (uuid.length !== 16) throw new RangeError(`a UUID has 16 bytes, not ${uuid.length}`);
  return `${prefix}_${base32(uuid, 26)}`;
}

/** The number that these bytes are, in so many digits of Crockford's base32 (https://www.crockford.com/base32.html). */
export function base32(bytes: Uint8Array, length: number): string {
  let rest = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let digits = '';
  for (let i = 0; i < length; i += 1) {
    digits = alphabet.charAt(Number(rest & 31n)) + digits;
    rest >>= 5n;
  }
  return digits;
}

/** When it was drawn, in milliseconds since 1970: the first ten digits. Throws a RangeError for what is no TypeID of this prefix. */
export function drawnAt(prefix: Prefix, id: string): number {
  if (!isId(prefix, id)) throw new RangeError(`'${id}' is not an id of the kind '${prefix}'`);
  const digits = id.slice(prefix.length + 1, prefix.length + 11).split('');
  return digits.reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0);
}

/** Draws a fresh id; the domain is handed one so that it needs neither clock nor chance. */
export type Draw = <P extends Prefix>(prefix: P) => Id<P>;
