/** The most that one order may ask for, in fen: 100 million yuan. */
const most = 10_000_000_000;

/**
 * An amount of the wire in fen, as the books have it; null when it is none, or none that Alipay takes.
 *
 * @param amount yuan with at most two decimals, as text or as a JSON number
 */
export function fen(amount: string | number): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(String(amount));
  if (!match) return null;
  const value = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return value > 0 && value <= most ? value : null;
}

/** An amount of the books as Alipay writes it: yuan with two decimals. */
export function yuan(amount: number): string {
  return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}
