import { randomInt } from 'node:crypto';

const letters = '23456789BCDFGHJKLMNPQRSTVWXZ';

/** A number as Adyen makes them: 16 letters and digits, unique for payments and modifications alike. */
export function freshReference(): string {
  return Array.from({ length: 16 }, () => letters.charAt(randomInt(letters.length))).join('');
}
