import { createHmac, timingSafeEqual } from 'node:crypto';

/** Clock skew that Stripe's own libraries allow; here both ways. */
const toleranceMs = 300_000;

export type Verification = 'genuine' | 'stale' | 'forged';

/**
 * Is this webhook Stripe's own? `Stripe-Signature: t=<unix>,v1=<hex>[,v1=…]` over `t.body`, by any secret
 * (two while one is rolled). `stale`: signed by Stripe, but not within five minutes of `now`.
 */
export function verification(
  secrets: readonly string[],
  header: string,
  body: Buffer,
  now: Date,
): Verification {
  const signature = parseSignature(header);
  if (!signature) return 'forged';
  const { time, signed } = signature;
  const message = Buffer.concat([Buffer.from(`${time}.`), body]);
  const expected = secrets.map((secret) => createHmac('sha256', secret).update(message).digest());
  const isGenuine = signed.some((given) => expected.some((one) => timingSafeEqual(one, given)));
  if (!isGenuine) return 'forged';
  return Math.abs(now.getTime() - Number(time) * 1_000) <= toleranceMs ? 'genuine' : 'stale';
}

/** Strictly: one time, and full signatures of scheme v1. Other schemes (v0 is for tests) prove nothing. */
function parseSignature(header: string): { time: string; signed: Buffer[] } | null {
  const items = header.split(',').map((item) => /^([a-z]\w*)=(\w+)$/.exec(item));
  if (items.some((item) => item === null)) return null;
  const valuesOf = (name: string) =>
    items.flatMap((item) => (item?.[1] === name ? [item[2] ?? ''] : []));
  const [time, ...more] = valuesOf('t');
  const signed = valuesOf('v1');
  if (time === undefined || more.length > 0 || !/^\d{1,12}$/.test(time)) return null;
  if (!signed.every((hex) => /^[0-9a-f]{64}$/.test(hex))) return null;
  return { time, signed: signed.map((hex) => Buffer.from(hex, 'hex')) };
}
