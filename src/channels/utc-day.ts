const dayMs = 24 * 3_600_000;

/** A day of UTC, in milliseconds since the epoch: `to` is the first that is not of it. */
export function utcDay(day: string): { readonly from: number; readonly to: number } {
  const from = Date.parse(`${day}T00:00:00Z`);
  return { from, to: from + dayMs };
}

/** Is it of that day? */
export function isWithin(day: string, at: string): boolean {
  const { from, to } = utcDay(day);
  return Date.parse(at) >= from && Date.parse(at) < to;
}
