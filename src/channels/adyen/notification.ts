import { z } from 'zod';

import { read } from '../text.ts';
import { wireMoney } from './money.ts';

const text = z.string().nullish();

/** One item of a standard webhook (channels.md section 5). `success` and `live` are words there, not booleans. */
const notification = z.object({
  eventCode: z.string().min(1),
  success: text,
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

/** Both words are short: they are copied into each part of a body that nobody has verified yet. */
const live = z.enum(['true', 'false']);

const webhook = z.object({
  live,
  notificationItems: z.tuple([z.object({ NotificationRequestItem: notification })]),
});

/** Adyen sends a handful of items at once; a body of thousands is somebody else's, and is not taken apart. */
const many = z.object({ live, notificationItems: z.array(z.unknown()).min(2).max(20) });

/** A body with several items as so many bodies: each is signed by itself. */
export function parts(body: Buffer): readonly Buffer[] {
  const found = read(many, body.toString('utf8'));
  if (!found) return [body];
  const { notificationItems, ...of } = found;
  return notificationItems.map((item) => Buffer.from(JSON.stringify({ ...of, notificationItems: [item] }))); // prettier-ignore
}

/** The one item of a body, and whether it is about real money; null for what is none. */
export function itemOf(body: Buffer): { readonly item: Notification; readonly live: boolean } | null {
  const found = read(webhook, body.toString('utf8'));
  if (!found) return null;
  const [{ NotificationRequestItem: item }] = found.notificationItems;
  return { item, live: found.live === 'true' };
} // prettier-ignore
