import type { Evidence } from '../evidence.ts';
import type { Violation } from '../violation.ts';

/** I5: no wallet was ever below zero, each has what its account says and promises nothing more, and withdrawals went out whole. */
export function walletsAgree({ wallets }: Pick<Evidence, 'wallets'>): Violation[] {
  return wallets.wrong.map(({ wallet, what }) => ({
    invariant: 'I5',
    subject: wallet,
    detail: what,
  }));
}
