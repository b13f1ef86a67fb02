/** Stored settings, before they are parsed. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * The settings that an attempt was made with, which also believe what is signed with the newest version's keys: the channel signs its
 * replies with the key that it has now, whatever they are about.
 *
 * @param reply_keys the settings that hold such keys, each a list or a record by name; one that either version lacks stays as it is
 */
export function believing(
  own: Settings,
  newest: Settings,
  reply_keys: readonly string[],
): Settings {
  const shared = reply_keys.filter((name) => name in own && name in newest);
  return {
    ...own,
    ...Object.fromEntries(shared.map((name) => [name, both(own[name], newest[name])])),
  };
}

function both(own: unknown, newest: unknown): unknown {
  if (isList(own) && isList(newest)) return [...new Set([...own, ...newest])];
  return { ...(own as object), ...(newest as object) };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
