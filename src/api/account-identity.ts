import type { Channel } from '../channels/channel.ts';
import type { Content } from '../store/account-version.ts';
import { pointerOf } from './parsing.ts';
import type { FieldError } from './problem.ts';

/**
 * What would make the next version another account at the channel. Orders, bills and saved methods of the last one would be
 * asked for there, and its "not found" would be believed (decision 0058). A member that is missing is said by `contentErrors`.
 */
export function identityErrors(
  { slug, facts: { identity } }: Channel,
  last: Pick<Content, 'settings'>,
  next: Pick<Content, 'settings'>,
): FieldError[] {
  const was = new Map<string, unknown>(Object.entries(last.settings));
  const will = new Map<string, unknown>(Object.entries(next.settings));
  const changed = identity.filter(
    (name) => was.has(name) && will.has(name) && was.get(name) !== will.get(name),
  );
  const detail = `names another account at ${slug}: make another cha_… for it`;
  return changed.map((name) => ({
    pointer: pointerOf(['settings', name]),
    code: 'invalid_settings',
    detail,
  }));
}
