import { createHmac } from 'node:crypto';

import type { Attack, Scene } from '../attack.ts';
import type { Chance } from '../chance.ts';
import type { Ask } from '../wire.ts';

/** Welch's t beyond which a difference is no chance (dudect, the measure of faults.md section 5 row 9). */
const tMax = 4.5;

/** Two wrong secrets, of which one is wrong in its first character and one in its last: both take the same time. */
export const timing: Attack = {
  name: 'timing',
  run: async (scene: Scene) => {
    const t = { api_key_t: await compare(scene, keysOf(scene)), signature_t: await compare(scene, signaturesOf(scene)) };
    return { samples: scene.profile.timingSamples, ...t };
  },
}; // prettier-ignore

interface Pair {
  readonly what: string;
  readonly first: () => Ask;
  readonly last: () => Ask;
}

function keysOf({ stage: { shop } }: Scene): Pair {
  const at = (index: number) => ({
    method: 'GET',
    path: '/v1/payments/pay_x',
    headers: { Authorization: `Bearer ${altered(shop.key, index)}` },
  });
  return { what: 'API key', first: () => at('sk_test_'.length), last: () => at(shop.key.length - 1) };
} // prettier-ignore

function signaturesOf({ stage: { keys } }: Scene): Pair {
  const { channel_account, webhook_secret } = keys.stripe;
  const at = (index: number): Ask => {
    const t = Math.floor(Date.now() / 1_000);
    const v1 = createHmac('sha256', webhook_secret).update(`${t}.{}`).digest('hex');
    const headers = { 'Stripe-Signature': `t=${t},v1=${altered(v1, index)}` };
    return { method: 'POST', path: `/v1/callbacks/stripe/${channel_account}`, headers, body: '{}' };
  };
  return { what: 'signature', first: () => at(0), last: () => at(63) };
}

/** Another character of the same alphabet. */
function altered(text: string, index: number): string {
  const other = text.charAt(index) === 'a' ? 'b' : 'a';
  return text.slice(0, index) + other + text.slice(index + 1);
}

/** A difference that is there stays there: once more before it is believed, since neighbours on the machine make noise. */
async function compare(scene: Scene, pair: Pair): Promise<number> {
  const first = await welch(scene, pair);
  const t = Math.abs(first) < tMax ? first : await welch(scene, pair);
  const holds = Math.abs(t) < tMax || Math.sign(t) !== Math.sign(first);
  scene.findings.expect(holds, 'a wrong secret tells nothing by its time', () => `${pair.what}: t = ${t.toFixed(2)}, ${first.toFixed(2)}`); // prettier-ignore
  return Math.round(t * 100) / 100;
}

/** One at a time, in random order; the slowest tenth of each is noise of the machine. */
async function welch({ stage, chance, profile }: Scene, pair: Pair): Promise<number> {
  const samples: Record<'first' | 'last', number[]> = { first: [], last: [] };
  for (const side of shuffled(chance, profile.timingSamples))
    samples[side].push((await stage.wire.ask(pair[side]())).ms);
  const [a, b] = [cropped(samples.first), cropped(samples.last)];
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}

function shuffled(chance: Chance, each: number): ('first' | 'last')[] {
  return Array.from({ length: each }, () =>
    chance.below(2) === 0 ? (['first', 'last'] as const) : (['last', 'first'] as const),
  ).flat();
}

function cropped(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * 0.9));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
