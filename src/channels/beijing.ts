const offsetMs = 8 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** An instant as Chinese channels write it: `yyyy-MM-dd HH:mm:ss` in +08:00. */
export function inBeijing(instant: Date): string {
  return new Date(instant.getTime() + offsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Such a time as RFC 3339 in UTC; null for what is none. A notice's may have milliseconds, which are dropped. */
export function toInstant(text: string): string | null {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d{1,3})?$/.exec(text) ?? [];
  const at = new Date(`${day}T${time}+08:00`);
  if (Number.isNaN(at.getTime())) return null;
  return inBeijing(at) === `${day} ${time}` ? at.toISOString() : null; // JavaScript takes 30 February for a day in March
}

/** On this day there, or on the one before: what was booked too late for its own day's bill stands on the next. */
export function isOfDay(at: string, day: string): boolean {
  const age = Date.parse(at) - Date.parse(`${day}T00:00:00+08:00`);
  return age >= -dayMs && age < dayMs;
}
