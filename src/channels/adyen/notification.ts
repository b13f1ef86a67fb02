import { z } from 'zod';

import { read } from '../text.ts';
import { wireMoney } from './money.ts';

const text = z.string().nullish();

/** One item of a standard webhook (channels.md section 5). `success` and `live` are words there, not booleans. */
const notification = z.object({
  eventCode: z.string().min(1),
  success: z.string(),
  eventDate: text,
  pspReference: z.string().min(1),
  originalReference: text,
  merchantAccountCode: z.string(),
  merchantReference: text,
  amount: wireMoney.nullish(),
  reason: text,
  additionalData: z.record(z.string(), z.string().catch('')).nullish(),
});
export type Notification = z.infer<typeof notification>;

const webhook = z.object({
  live: z.string(),
  notificationItems: z.tuple([z.object({ NotificationRequestItem: notification })]),
});

const many = z.object({ live: z.unknown(), notificationItems: z.array(z.unknown()).min(2) });

/** A body with several items as so many bodies: each is signed by itself. */
export function parts(body: Buffer): readonly Buffer[] {
  const found = read(many, body.toString('utf8'));
  if (!found) return [body];
  const { live, notificationItems } = found;
  return notificationItems.map((item) => Buffer.from(JSON.stringify({ live, notificationItems: [item] }))); // prettier-ignore
}

/** The one item of a body, and whether it is about real money; null for what is none. */
export function itemOf(body: Buffer): { readonly item: Notification; readonly live: boolean } | null {
  const found = read(webhook, body.toString('utf8'));
  if (!found) return null;
  const [{ NotificationRequestItem: item }] = found.notificationItems;
  return { item, live: found.live === 'true' };
} // prettier-ignore
