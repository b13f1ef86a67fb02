/**
 * Do the check digits of an IBAN (ISO 13616) or of a creditor reference (ISO 11649) hold? By either the payer's bank refuses
 * a slip of the pen; a transfer to an account that was garbled before it was shown to him could not be called back.
 */
export function holds(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[0-9A-Z]{1,30}$/.test(text)) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  const digits = moved.replaceAll(/[A-Z]/g, (letter) => String(parseInt(letter, 36)));
  return BigInt(digits) % 97n === 1n; // ISO 7064, MOD 97-10
}
