import { Chance } from './chance.ts';

/** What is sent on purpose and must be found nowhere afterwards. */
export interface Canaries {
  /** Card numbers, each in the very form in which it is sent. */
  readonly cards: readonly string[];
  /** Of the payer: what the store keeps and Temporal must not see. */
  readonly personal: readonly string[];
}

const networks: readonly (readonly [prefix: string, length: number])[] = [
  ['4', 13], ['4', 16], ['4', 19], ['51', 16], ['2221', 16], ['2720', 16], ['34', 15], ['6011', 16], ['65', 19],
  ['3528', 16], ['62', 16], ['62', 19],
]; // prettier-ignore

/** Fresh ones for this seed: a number of each network, also with blanks and with dashes. */
export function drawCanaries(seed: number): Canaries {
  const chance = new Chance(seed, 'canaries');
  const numbers = networks.map(([prefix, length]) => cardNumber(chance, prefix, length));
  const spaced = numbers.slice(0, 4).map((number) => number.replaceAll(/(\d{4})(?=\d)/g, '$1 '));
  const dashed = numbers.slice(4, 8).map((number) => number.replaceAll(/(\d{4})(?=\d)/g, '$1-'));
  const word = chance.text(12, 'bcdfghjklmnpqrstvwxz');
  return {
    cards: [...numbers.slice(8), ...numbers.slice(0, 1), ...spaced, ...dashed],
    personal: [`${word}@example.org`, `${word}-description`, `${word}-metadata`, `${word}-reason`],
  };
}

/** Random digits after the prefix, and the last one such that Luhn's sum is right. */
function cardNumber(chance: Chance, prefix: string, length: number): string {
  const body = prefix + chance.text(length - prefix.length - 1, '0123456789');
  const last = Array.from({ length: 10 }, (_, digit) => `${body}${digit}`).find(isLuhn);
  return last ?? body;
}

function isLuhn(number: string): boolean {
  const digits = Array.from(number).toReversed().map(Number);
  const sum = digits.reduce((total, digit, place) => total + (place % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
  return sum % 10 === 0;
} // prettier-ignore
