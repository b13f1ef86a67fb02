import { beginnings, type Bucket, bucketMs, callsOf, failedOf, noCalls, sumOf, type Tally } from './health.ts'; // prettier-ignore
import type { Instant } from './operation.ts';

/** `half_open`: one call at a time goes out, to see how it ends. */
export const circuitStates = ['closed', 'open', 'half_open'] as const;
export type CircuitState = (typeof circuitStates)[number];

/** Which states may follow which. */
export const circuitTransitions = {
  closed: ['open'],
  open: ['half_open'],
  half_open: ['closed', 'open'],
} as const satisfies Record<CircuitState, readonly CircuitState[]>;

/** Whether new attempts may begin at a channel account (decision 0046). */
export interface Circuit {
  readonly state: CircuitState;
  readonly since: Instant;
  /** No probe leaves before this; null where it is closed. */
  readonly next_probe_at: Instant | null;
  /** Probes that ended well since it was open. */
  readonly good: number;
  /** How often the pause before a probe was doubled. */
  readonly doubled: number;
}

export interface CircuitTerms {
  /** Fewer calls of the window tell nothing. */
  readonly calls_min: number;
  /** It opens when more than so many of a hundred failed, beyond what chance makes of it. */
  readonly failed_percent: number;
  /** Or when so many connections in a row were refused. */
  readonly refused_max: number;
  /** It closes after so many good probes. */
  readonly good_min: number;
  /** The first pause before a probe, and the longest one, in milliseconds. */
  readonly retry_ms: number;
  readonly retry_most_ms: number;
}

/** A circuit of which nothing is known is closed. */
export const untouched: Circuit = {
  ...{ state: 'closed', since: 0, next_probe_at: null, good: 0, doubled: 0 },
};

/** Closed for less than this many pauses, it was not well: the next opening goes on with longer ones. */
const calmPauses = 60;

/**
 * What the window makes of a closed circuit: the same one, or an open one.
 *
 * @param buckets of the account; those from before the circuit closed do not count, or it would open over them again
 */
export function judged(
  circuit: Circuit,
  buckets: readonly Bucket[],
  now: Instant,
  terms: CircuitTerms,
): Circuit {
  if (circuit.state !== 'closed') return circuit;
  const since = buckets.filter(({ at }) => at >= circuit.since);
  if (isRefusing(since, terms)) return noticed(opened(0, now, terms));
  if (!isFailing(since, terms)) return circuit;
  const isCalm = now - circuit.since > calmPauses * terms.retry_ms;
  return noticed(opened(isCalm || isRefusedMostly(since) ? 0 : circuit.doubled + 1, now, terms));
}

function opened(doubled: number, now: Instant, { retry_ms, retry_most_ms }: CircuitTerms): Circuit {
  const pause_ms = Math.min(retry_ms * 2 ** doubled, Math.max(retry_ms, retry_most_ms));
  return { state: 'open', since: now, next_probe_at: now + pause_ms, good: 0, doubled };
}

/** A call is told once a second, and judged with the next reading. */
const noticedAfter_ms = 2_000;

/**
 * Pauses are counted from the call that opened it: its payment comes again one pause after that, and would else be held back
 * for another one, being 1 to 2 s too early.
 */
function noticed({ since, next_probe_at, ...circuit }: Circuit): Circuit {
  const from = (next_probe_at ?? since) - noticedAfter_ms;
  return { ...circuit, since, next_probe_at: Math.max(since, from) };
}

/** Refused connections cost a payment nothing: pauses do not grow for them. */
function isRefusedMostly(buckets: readonly Bucket[]): boolean {
  const { refused, unknown } = sumOf(
    buckets.filter(({ counted }) => beginnings.includes(counted)).map(({ tally }) => tally),
  );
  return refused > unknown;
}

/** Of the window ever more, the newest buckets first. @returns the tallies of those buckets, each longer by one */
function* backwards(buckets: readonly Bucket[]): Generator<Tally> {
  const newestFirst = [...buckets].sort((one, other) => other.at - one.at);
  let sum = noCalls;
  for (const [nth, { at, tally }] of newestFirst.entries()) {
    sum = sumOf([sum, tally]);
    if (newestFirst[nth + 1]?.at !== at) yield sum;
  }
}

/** Whole buckets of nothing but refused connections, the newest first, add up to enough. */
function isRefusing(buckets: readonly Bucket[], { refused_max }: CircuitTerms): boolean {
  for (const tally of backwards(buckets.filter(({ counted }) => counted !== 'callback'))) {
    if (tally.refused < callsOf(tally)) return false;
    if (tally.refused >= refused_max) return true;
  }
  return false;
}

/** Each by itself: where orders are made and then confirmed, good creates hide no failing confirmations. */
function isFailing(buckets: readonly Bucket[], terms: CircuitTerms): boolean {
  return beginnings.some((verb) => {
    const own = buckets.filter(({ counted }) => counted === verb);
    return [...backwards(own)].some((tally) => isMostlyFailed(tally, terms));
  });
}

/**
 * Failed beyond the limit by three standard deviations of it: of 20 calls 17, of 600 337. At the bare half a channel that
 * fails 30 % would open it every few minutes by chance.
 */
function isMostlyFailed(tally: Tally, { calls_min, failed_percent }: CircuitTerms): boolean {
  const calls = callsOf(tally);
  if (calls < calls_min) return false;
  const limit = failed_percent / 100;
  const chance = 3 * Math.sqrt(limit * (1 - limit) * calls);
  return failedOf(tally) >= limit * calls + chance;
}

/**
 * The circuit with a probe on its way, which has `lease_ms` to end; then another may leave. Null: none may leave now.
 */
export function probing(circuit: Circuit, now: Instant, lease_ms: number): Circuit | null {
  if (!mayProbe(circuit, now)) return null;
  const since = circuit.state === 'half_open' ? circuit.since : now;
  return { ...circuit, state: 'half_open', since, next_probe_at: now + lease_ms };
}

/** Is it time for a probe? */
export function mayProbe({ next_probe_at }: Circuit, now: Instant): boolean {
  return next_probe_at !== null && next_probe_at <= now;
}

/** Who was held back comes again within so long of when he may leave: those who all came at once would find one probe. */
const spreadMs = 1_000;

/** A probe on its way for longer may be lost: nobody comes early for it. */
const promptMs = 2_000;

/**
 * In how many milliseconds an attempt that was held back comes again, so that it waits for one pause and not for two: once the next probe
 * may leave, and soon where one has just left or another was good. Null: after its own pause.
 *
 * @param place of it among those that wait, from 0 to 1
 */
export function comesAgainIn({ state, since, next_probe_at, good }: Circuit, now: Instant, place: number): number | null {
  if (state !== 'half_open') return Math.max(0, (next_probe_at ?? now) - now) + place * spreadMs;
  const isPrompt = good > 0 || now - since < promptMs;
  return isPrompt ? (1 + place) * spreadMs : null;
} // prettier-ignore

/** How a probe ended; `untold`: it did not come to the channel, for its time was over. */
export type ProbeEnd = 'good' | 'failed' | 'refused' | 'untold';

/**
 * What a probe's end makes of a half open circuit. A refused connection costs a payment nothing, so that the next probe leaves
 * after the first pause; one that may have been sent costs one the channel's timeout, and pauses grow.
 */
export function probed(
  circuit: Circuit,
  end: ProbeEnd,
  now: Instant,
  terms: CircuitTerms,
): Circuit {
  if (circuit.state !== 'half_open') return circuit;
  switch (end) {
    case 'untold':
      return { ...circuit, next_probe_at: now };
    case 'refused':
      return opened(0, now, terms);
    case 'failed':
      return opened(circuit.doubled + 1, now, terms);
    case 'good':
      return closer(circuit, now, terms);
  }
}

/** What it was doubled is kept, for if it opens again soon. */
function closer(circuit: Circuit, now: Instant, { good_min }: CircuitTerms): Circuit {
  const good = circuit.good + 1;
  if (good < good_min) return { ...circuit, good, next_probe_at: now };
  // From the next bucket on: in this one failures from before may still be.
  const since = Math.ceil(now / bucketMs) * bucketMs;
  return { ...circuit, state: 'closed', since, next_probe_at: null, good };
}
