/** Parameters by their names, not encoded. */
export type Parameters = Readonly<Record<string, string>>;

/** What a signature over parameters covers: all but these and the empty ones, sorted by name, `k=v` joined by `&`. */
export function contentOf(parameters: Parameters, ...without: string[]): string {
  return Object.entries(parameters)
    .filter(([name, value]) => value !== '' && !without.includes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** A form's body, decoded once; null when a name stands twice, for then nobody could say which of the two was signed. */
export function parametersOf(body: string): Parameters | null {
  const pairs = [...new URLSearchParams(body)];
  const names = new Set(pairs.map(([name]) => name));
  return names.size === pairs.length ? Object.fromEntries(pairs) : null;
}
