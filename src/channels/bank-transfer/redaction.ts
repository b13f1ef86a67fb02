/** A text, which may hold escaped quotes or be cut off. */
const text = String.raw`"(?:[^"\\]|\\[^])*(?:"|\\?$)`;
/** An object, which may hold others, two deep: more the bank does not tell of a payer. */
const flat = String.raw`\{(?:[^"{}]|${text})*(?:\}|$)`;
const nested = String.raw`\{(?:[^"{}]|${text}|${flat})*(?:\}|$)`;

/** Who paid, and what he wrote (section 2: "for people"). The IBAN of the virtual account is nobody's secret. */
const payer = new RegExp(String.raw`"(debtor|remittance)"(\s*:\s*)(?:${text}|${nested})`, 'g');

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(exchanged: string): string {
  return exchanged.replaceAll(payer, '"$1"$2"[redacted]"');
}
