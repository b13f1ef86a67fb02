import { z } from 'zod';

import { failureOf } from '../../domain/failure.ts';
import type { ActionRequired, Declined } from '../../domain/outcome.ts';

/** What the payer is to do, as a PaymentIntent or a SetupIntent says it. */
export const wireAction = z.object({
  type: z.string(),
  redirect_to_url: z.object({ url: z.url({ protocol: /^https?$/ }) }).nullish(),
});

/** Only a page can be shown: what wants Stripe's own script in the payer's browser cannot be done here. */
export function actionOf(
  action: z.infer<typeof wireAction> | null | undefined,
): ActionRequired | Declined {
  const url = action?.redirect_to_url?.url;
  if (url) {
    const redirect = { type: 'redirect', url } as const;
    return { kind: 'action_required', next_action: redirect, code_ends_at: null };
  }
  const code = action?.type ?? null;
  return {
    kind: 'declined',
    failure: failureOf('authentication_failed', { code, message: null }),
  };
}
