import { type Attempt } from './attempt.ts';
import { attemptAt, planAttempt } from './attempt-plan.ts';
import type { Draft } from './draft.ts';
import { reasonOf } from './failover.ts';
import { isOpen } from './operation.ts';
import { backupOf, type Choice } from './payment.ts';
import type { Route } from './routing.ts';

/**
 * Goes on at the rule's next account when the last attempt is proved dead and nothing of it is under way (decision 0045):
 * at once, so that the payment stays `processing`.
 */
export function failOver(draft: Draft): void {
  const { payment, context } = draft;
  const next = backupOf(payment);
  const dead = payment.attempts.at(-1);
  if (!next || !dead || dead.operations.some(isOpen) || context.now >= payment.expires_at) return;
  const attempt = attemptAt(payment, choiceAfter(dead, next), context);
  payment.attempts.push(attempt);
  planAttempt(draft, attempt);
}

/** What the payer chose, at another account: a card token is good at each that the rule names (docs/routing.md). */
function choiceAfter(dead: Attempt, next: Route): Choice {
  const { method, token, usage, payment_method, backups } = dead;
  const named = next.routing ?? { rules_version: null, rule: null };
  const routing = { ...named, reason: reasonOf(dead, next), backup_of: dead.id };
  const route = { ...next, routing };
  return { method, token, usage, payment_method, route, backups: backups?.slice(1) ?? [] };
}
