import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

/** One wrong member of an account's settings, and what is allowed; never with its value. */
export interface WrongMember {
  readonly path: readonly string[];
  readonly detail: string;
}

/** The settings of an account that cannot be used: every wrong member is named, and none is shown. */
export class WrongSettings extends Error {
  readonly members: readonly WrongMember[];

  constructor(channel: string, members: readonly WrongMember[]) {
    const lines = members.map(({ path, detail }) => `${path.join('.')}: ${detail}`);
    super(`${channel} account: ${lines.join('; ')}`);
    this.members = members;
  }
}

const kinds = { rsa: 'RSA', ed25519: 'Ed25519' } as const;
type Kind = keyof typeof kinds;

/** A key as its account holds it: read once, not at each signature. */
const keyOf = (kind: Kind, parse: (pem: string) => KeyObject, what: string) =>
  z.string().transform((pem, context) => {
    const key = parsed(kind, parse, pem);
    if (key) return key;
    context.addIssue({ code: 'custom', message: `must be ${what} (${kinds[kind]}, PEM)` });
    return z.NEVER;
  });

function parsed(kind: Kind, parse: (pem: string) => KeyObject, pem: string): KeyObject | null {
  try {
    const key = parse(pem);
    return key.asymmetricKeyType === kind ? key : null;
  } catch {
    return null;
  }
}

/** The merchant's own RSA key. */
export const privateKey = keyOf('rsa', createPrivateKey, 'a private key');

/** An RSA key of the channel. */
export const publicKey = keyOf('rsa', createPublicKey, 'a public key or certificate');

/** The same two, where signatures are Ed25519. */
export const ed25519PrivateKey = keyOf('ed25519', createPrivateKey, 'a private key');
export const ed25519PublicKey = keyOf('ed25519', createPublicKey, 'a public key or certificate');

/** Goes into addresses and headers, so it is nothing but a name. */
export const name = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/, 'must be letters and digits');

/** Parses an account's stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export function parserOf<Account>(
  slug: string,
  shape: z.ZodType<Account>,
): (settings: unknown) => Account {
  return (settings) => {
    const parsed = shape.safeParse(settings);
    if (parsed.success) return parsed.data;
    throw new WrongSettings(slug, parsed.error.issues.flatMap(wrongMembers));
  };
}

function wrongMembers(issue: z.core.$ZodIssue): WrongMember[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path, detail: issue.message }];
  return issue.keys.map((name) => ({
    path: [...path, name],
    detail: 'no such member',
  }));
}
