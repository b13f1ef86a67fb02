import { createHash, createPrivateKey, createVerify, sign, X509Certificate } from 'node:crypto';

type Members = Record<string, string>;

/** What UnionPay's kits sign: the members by name, then the SHA-256 of that text as hex digits. */
function digestOf(members: Members): Buffer {
  const { signature: _, ...rest } = members;
  const names = Object.keys(rest).filter((name) => rest[name] !== '');
  const text = names.sort().map((name) => `${name}=${rest[name]}`);
  return Buffer.from(createHash('sha256').update(text.join('&')).digest('hex'));
}

/** A request as the merchant signs it. */
export function signedBy(privateKey: string, members: Members): Members {
  const key = createPrivateKey(privateKey);
  return { ...members, signature: sign('sha256', digestOf(members), key).toString('base64') };
}

/** Did the holder of this very certificate sign the message, and does the message bring it? */
export function isGenuine(message: Members, certificate: string): boolean {
  const { publicKey } = new X509Certificate(certificate);
  const brings = message['signPubKeyCert']?.trim() === certificate.trim();
  const verifier = createVerify('sha256').update(digestOf(message));
  return brings && verifier.verify(publicKey, message['signature']!, 'base64');
}

/** An answer's members: a value ends at `&`, and nothing is URL-encoded. */
export function membersOf(text: string): Members {
  const members = text.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(members) as Members;
}

/** UnionPay's clock: `20261129180000`. */
export function beijing(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace(/\D/g, '');
}
