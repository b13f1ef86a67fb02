/** A form's value: a text, or members by name. A list has the names 0, 1, 2, …. */
export type FormValue = string | Form;
export interface Form {
  readonly [name: string]: FormValue;
}
interface Growing {
  [name: string]: string | Growing;
}

/**
 * Reads `a[b]=c&d[]=e` (channels.md 3) into `{a: {b: 'c'}, d: {0: 'e'}}`. An empty value is none.
 *
 * @param text a form-encoded body or a query
 */
export function readForm(text: string): Form {
  const form = empty();
  for (const [name, value] of new URLSearchParams(text)) {
    const [, first = name, rest = ''] = /^([^[]+)((?:\[[^\]]*\])*)$/.exec(name) ?? [];
    const path = [first, ...[...rest.matchAll(/\[([^\]]*)\]/g)].map((part) => part[1] ?? '')];
    if (value !== '') put(form, path, value);
  }
  return form;
}

function put(form: Growing, [name = '', ...rest]: readonly string[], value: string): void {
  const place = name === '' ? String(Object.keys(form).length) : name;
  if (rest.length === 0) return void (form[place] = value);
  const inner = form[place];
  const next = inner === undefined || typeof inner === 'string' ? empty() : inner;
  form[place] = next;
  put(next, rest, value);
}

/** Without a prototype: a caller may name a member `__proto__`. */
function empty(): Growing {
  return Object.create(null) as Growing;
}

/**
 * The same text for the same form, in whatever order its members came.
 *
 * @param value the form or a part of it
 */
export function canonical(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? '')}`).join(',')}}`;
}
