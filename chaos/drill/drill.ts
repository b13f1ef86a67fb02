import type { Profile } from '../profile.ts';
import type { Stage } from '../stage.ts';
import type { Timeline } from '../timeline.ts';
import { rollingRestart } from './rolling-restart.ts';
import { temporalLost, temporalRestored } from './temporal-data.ts';
import { twoStacks } from './two-stacks.ts';

/** What a drill measured, for the report. */
export type Figures = Readonly<Record<string, unknown>>;

/** What is done to the product instead of random kills (tier D of faults.md section 3). */
type Drill = (stage: Stage, profile: Profile, timeline: Timeline) => Promise<Figures>;

const drills = {
  'rolling-restart': rollingRestart,
  'two-stacks': twoStacks,
  'temporal-lost': temporalLost,
  'temporal-restored': temporalRestored,
} as const satisfies Record<string, Drill>;

export type DrillName = keyof typeof drills;
export const drillNames = Object.keys(drills) as DrillName[];

/** Plays it beside the traffic. */
export function drill(name: DrillName, ...given: Parameters<Drill>): Promise<Figures> {
  return drills[name](...given);
}
