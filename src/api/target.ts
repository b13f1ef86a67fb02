import { refusalOfTarget } from '../domain/egress.ts';
import type { Caller } from '../store/api-key.ts';
import { fieldProblem } from './problem.ts';

/** Refuses a URL that webhooks may not go to; what EGRESS_ALLOW lists is for test keys alone (contract section 5). */
export function refuseTarget(
  pointer: string,
  url: string,
  { livemode }: Pick<Caller, 'livemode'>,
  egressAllow: readonly string[],
): void {
  const detail = refusalOfTarget(new URL(url), livemode ? [] : egressAllow);
  if (detail !== null) throw fieldProblem([{ pointer, code: 'webhook_url_not_allowed', detail }]);
}
