import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

// A PIN has at most 10^8 values: the salt keeps them from being tried for all customers at once, the cost (16 MiB and about
// 50 ms each, scrypt's interactive setting, RFC 7914 section 2) from being tried quickly for one.
const cost = { N: 16_384, r: 8, p: 1 };
const hashBytes = 32;

/** What is kept of a PIN or a code: its salt and its hash, in hex. */
export async function hashPin(pin: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}.${(await hashed(pin, salt)).toString('hex')}`;
}

/** Is this the PIN that was kept so? */
export async function isPin(pin: string, kept: string): Promise<boolean> {
  const [salt = '', hash = ''] = kept.split('.');
  return timingSafeEqual(await hashed(pin, Buffer.from(salt, 'hex')), Buffer.from(hash, 'hex'));
}

function hashed(pin: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, hashBytes, cost, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
