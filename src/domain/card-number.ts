/**
 * Runs of 13 to 19 digits, single blanks or dashes allowed between them, maximal: a longer run of digits is
 * no card number (contract section 1).
 */
const runs = /\d(?:[ -]?\d)*/g;

const networks: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] }, // Visa
  { prefix: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { prefix: /^3[47]/, lengths: [15] }, // American Express
  { prefix: /^(6011|65|64[4-9])/, lengths: [16, 17, 18, 19] }, // Discover
  { prefix: /^35(2[89]|[3-8])/, lengths: [16, 17, 18, 19] }, // JCB
  { prefix: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
];

/** ISO/IEC 7812-1 annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - place));
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isCardNumber(run: string): boolean {
  const digits = run.replaceAll(/%20|[ +-]/gi, '');
  if (digits.length < 13 || digits.length > 19) return false;
  const ofNetwork = networks.some(
    ({ prefix, lengths }) => prefix.test(digits) && lengths.includes(digits.length),
  );
  return ofNetwork && passesLuhn(digits);
}

/**
 * A UUID (RFC 9562) with a letter in it. One in some thousand random ones holds a run that looks like a card number,
 * and they are what most merchants send as an Idempotency-Key. The letter is looked for in its 36 characters only:
 * without an end, 64 KiB of digits and dashes took 12 s.
 */
const uuids =
  /\b(?=[\d-]{0,35}[a-f])[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}\b/gi;

/** Is there a card number anywhere in this text? UUIDs do not count. */
export function holdsCardNumber(text: string): boolean {
  return (text.replaceAll(uuids, 'uuid').match(runs) ?? []).some(isCardNumber);
}

/** The same in an encoded form, where `%22` before a run is a quotation mark and no two digits more, and a blank is `+` or `%20`. */
const encodedRuns = /%[\da-f]{2}|\d(?:(?:[ +-]|%20)?\d)*/gi;

/** The text with every card number replaced, also where it is an encoded form. */
export function redactCardNumbers(text: string): string {
  const redacted = (run: string) => (isCardNumber(run) ? '[card number]' : run);
  return text.replaceAll(runs, redacted).replaceAll(encodedRuns, redacted);
}
