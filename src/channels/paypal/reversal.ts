import { z } from 'zod';

import { format } from '../../domain/money.ts';
import type { Bounced } from '../../domain/outcome.ts';
import { links } from './error.ts';
import { fromWire, wireMoney } from './money.ts';

const text = z.string().min(1);

/** What `PAYMENT.CAPTURE.REVERSED` is about: a refund that PayPal made itself, or the capture. */
export const wireReversal = z.object({
  id: text,
  amount: wireMoney,
  custom_id: text.nullish(),
  links: links.nullish().catch(null),
});
type WireReversal = z.infer<typeof wireReversal>;

/** What a person reads about it; null where its amount is none. */
export function reversalOf({ id, amount }: WireReversal): Bounced | null {
  const money = fromWire(amount);
  return money && { kind: 'bounced', detail: `PAYMENT.CAPTURE.REVERSED: ${format(money)} (${id})` };
}

/** PayPal's number of the capture; null where the notice does not say it. */
export function captureIn({ id, links }: WireReversal, resourceType: string): string | null {
  if (resourceType === 'capture') return id;
  const up = links?.find(({ rel }) => rel === 'up')?.href ?? '';
  return /\/v2\/payments\/captures\/([\w-]+)$/.exec(up)?.[1] ?? null;
}
