import { refusalOfTarget } from '../domain/egress.ts';
import type { Caller } from '../store/api-key.ts';
import type { FieldError } from './problem.ts';

/** What is wrong with a URL that webhooks may not go to; what EGRESS_ALLOW lists is for test keys alone (contract section 5). */
export function targetErrors(
  pointer: string,
  url: string | undefined,
  { livemode }: Pick<Caller, 'livemode'>,
  egressAllow: readonly string[],
): FieldError[] {
  if (url === undefined) return [];
  const detail = refusalOfTarget(new URL(url), livemode ? [] : egressAllow);
  return detail === null ? [] : [{ pointer, code: 'webhook_url_not_allowed', detail }];
}
