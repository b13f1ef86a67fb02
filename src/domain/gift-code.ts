import type { Refusal } from './fact.ts';
import { base32, type Id } from './id.ts';
import type { Money } from './money.ts';

export const giftCodeStatuses = ['active', 'redeemed', 'canceled', 'expired'] as const;
export type GiftCodeStatus = (typeof giftCodeStatuses)[number];

/** Money that whoever has the code may put into his wallet, once. */
export interface GiftCode extends Money {
  readonly id: Id<'gft'>;
  readonly last4: string;
  readonly status: GiftCodeStatus;
  readonly description: string | null;
  readonly expires_at: Date | null;
  /** The wallet that has its money. */
  readonly redeemed_by: Id<'wal'> | null;
  readonly livemode: boolean;
  readonly created_at: Date;
}

/** The code that these 10 bytes of chance are: 16 characters in groups of four, none of which looks like another. */
export function formatGiftCode(chance: Uint8Array): string {
  if (chance.length !== 10) throw new RangeError(`a code has 10 bytes, not ${chance.length}`);
  return base32(chance, 16)
    .toUpperCase()
    .replaceAll(/.{4}(?=.)/g, '$&-');
}

/**
 * The 16 characters of a code as somebody has read or typed it: in any case, with or without its dashes, and with the letters
 * that Crockford's base32 leaves out for the digits they look like. Null for what can be no code.
 */
export function readGiftCode(typed: string): string | null {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, '');
  const code = plain.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(code) ? code : null;
}

/** What a code is refused with that nobody knows; another merchant's is one. */
export const unknownCode: Refusal = { code: 'gift_code_unknown', detail: 'no such code' };

/** Why this code cannot be redeemed, if it cannot. */
export function redemptionRefusal({ status }: Pick<GiftCode, 'status'>): Refusal | null {
  return status === 'active' ? null : refusals[status];
}

const refusals = {
  redeemed: { code: 'gift_code_used', detail: 'the code was redeemed' },
  canceled: { code: 'gift_code_canceled', detail: 'the code was canceled' },
  expired: { code: 'gift_code_expired', detail: 'the code has expired' },
} as const satisfies Record<Exclude<GiftCodeStatus, 'active'>, Refusal>;

/** The code as the API shows it: without its characters, which are shown once. */
export function giftCodeObject({ id, ...rest }: GiftCode): object {
  return { id, object: 'gift_code', ...rest };
}
