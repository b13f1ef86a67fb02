import type { Payer } from './payer.ts';
import { channels } from './stack.ts';

/**
 * The channels' mishaps (faults.md section 3), as probabilities of each call and callback: 5 % dropped before,
 * 10 % executed and dropped, 5 % answered 500, 3 % limited, 2 % garbage, 5 % slow; callbacks 20 % each lost,
 * doubled, reordered. The longest is twice the product's CHANNEL_TIMEOUT_MS: it is carried out after the caller left.
 */
const calls = [
  { fault: 'slow', probability: 0.02, delay_ms: 100 },
  { fault: 'slow', probability: 0.02, delay_ms: 1_000 },
  { fault: 'slow', probability: 0.01, delay_ms: 5_000 },
  { fault: 'timeout_before_commit', probability: 0.05 },
  { fault: 'timeout_after_commit', probability: 0.1 },
  { fault: 'http_500_before_commit', probability: 0.02 },
  { fault: 'http_500_after_commit', probability: 0.03 },
  { fault: 'rate_limit', probability: 0.03 },
  { fault: 'reset_mid_body', probability: 0.02 },
] as const;

const callbacks = [
  { fault: 'drop', probability: 0.2 },
  { fault: 'duplicate', probability: 0.2 },
  { fault: 'reorder', probability: 0.2, delay_ms: 2_000 },
  { fault: 'malformed', probability: 0.02 },
  { fault: 'forge_signature', probability: 0.02 },
] as const;

/** Lets the weather turn bad on every channel, until `payer.calm`. */
export async function storm(payer: Payer): Promise<void> {
  for (const channel of channels) {
    for (const fault of calls) await payer.arm({ channel, operation: 'any', ...fault });
    for (const fault of callbacks) await payer.arm({ channel, operation: 'callback', ...fault });
  }
}
