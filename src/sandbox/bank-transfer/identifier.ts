import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Letter and digit in turn, so that nobody takes it for the number of a card. */
function drawn(pairs: number): string {
  const pair = () => letters.charAt(randomInt(letters.length)) + String(randomInt(10));
  return Array.from({ length: pairs }, pair).join('');
}

/** A number of the bank's own: of a virtual account, a credit, a return, an event. */
export function freshId(kind: 'VA' | 'CR' | 'RT' | 'EV'): string {
  return kind + drawn(8);
}

/** Where the bank is, and who owns the accounts. */
export const bank = { bic: 'HLDFMTMT', holder: 'Demo Ltd' } as const;

/** Malta's have 18 letters and digits of the bank's choice: enough to draw one that nobody has. */
export function freshIban(): string {
  return withCheckDigits('MT', `${bank.bic.slice(0, 4)}01100${drawn(9)}`);
}

/** A structured reference (ISO 11649). */
export function freshReference(): string {
  return withCheckDigits('RF', drawn(6));
}

/** ISO 7064 MOD 97-10, as IBANs (ISO 13616) and references have it. */
function withCheckDigits(prefix: string, rest: string): string {
  const digits = `${rest}${prefix}00`.replace(/[A-Z]/g, (letter) => String(parseInt(letter, 36)));
  return `${prefix}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${rest}`;
}
