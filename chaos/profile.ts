import type { Tier } from './killer.ts';

/** How large a campaign is. */
export interface Profile {
  readonly payments: number;
  /** So many payments more stay open while a drill replaces processes (faults.md section 7). */
  readonly open: number;
  readonly kills: number;
  readonly inFlight: number;
  /** Seconds between the questions to a channel (POLL_SCHEDULE). */
  readonly polls: string;
  readonly workers: number;
  /** How often a blow is of which tier. */
  readonly tiers: Readonly<Record<Tier, number>>;
  /** How long the product may take to become quiet. */
  readonly quietMs: number;
  /**
   * What is wrong unchanged for so long stays wrong: whoever heals what was left undone looks at it after 60 s, and again
   * after 60 s where the first look met what was down then.
   */
  readonly stillMs: number;
  /** Seconds from a kill until payments are accepted, and until those in hand have moved on. */
  readonly acceptingMax: number;
  readonly resumedMax: number;
}

const quiet = {
  quietMs: 240_000,
  stillMs: 135_000,
  workers: 2,
  open: 500,
  polls: '1,1,2,3,5',
} as const;

/** Faults.md section 3. The smoke form's limits of time are loose: it shares its machine. */
export const profiles = {
  smoke: { ...quiet, payments: 300, kills: 12, inFlight: 24, tiers: { A: 9, B: 2, C: 1 }, acceptingMax: 30, resumedMax: 120 },
  full: { ...quiet, payments: 2_000, kills: 120, inFlight: 32, tiers: { A: 16, B: 3, C: 1 }, acceptingMax: 10, resumedMax: 60 },
  release: { ...quiet, payments: 10_000, kills: 600, inFlight: 32, tiers: { A: 16, B: 3, C: 1 }, acceptingMax: 10, resumedMax: 60 },
} as const satisfies Record<string, Profile>; // prettier-ignore

export type ProfileName = keyof typeof profiles;
