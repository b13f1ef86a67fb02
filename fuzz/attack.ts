import type { Chance } from './chance.ts';
import type { Findings } from './finding.ts';
import type { Profile } from './profile.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';

/** What an attack works with. */
export interface Scene {
  readonly stage: Stage;
  readonly findings: Findings;
  readonly chance: Chance;
  readonly profile: Profile;
  readonly watch: Watch;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** What an attack still waits for while others go on; run to its end before the aftermath. */
  readonly later: (() => Promise<void>)[];
}

export type Figures = Readonly<Record<string, number | string>>;

/** One way to attack; what it finds goes to the findings, its figures into the result. */
export interface Attack {
  readonly name: string;
  readonly run: (scene: Scene) => Promise<Figures>;
}

/** Runs `work` over the items, so many at a time, in order of their start. */
export async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
