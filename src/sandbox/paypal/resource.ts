/** What goes over the wire. */
export type Wire = Readonly<Record<string, unknown>>;

/** Without milliseconds, as PayPal's API has it. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A link as every object of PayPal has them. */
export function link(origin: string, path: string, rel: string, method = 'GET'): object {
  return { href: origin + path, rel, method };
}

/** Members that are there only when there is something to say. */
export function present(members: Wire): Wire {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

/** What `Prefer: return=minimal` leaves of a capture or a refund. */
export function minimal({ id, status, links }: Wire): Wire {
  return { id, status, links };
}
