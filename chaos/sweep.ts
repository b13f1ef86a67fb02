import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type FaultPlace, faultPlaces } from './fault-place.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';
import { pause } from './wire.ts';

/** So many stories lead there; one that was killed elsewhere may miss its place. */
const triesMax = 4;

const patienceMs = 60_000;

/** Ends a process at every numbered place, once: the API's and the workers' side by side. Answers how many were ended. */
export async function sweep(stage: Stage, timeline: Timeline): Promise<number> {
  const stories: Promise<void>[] = [];
  const lane = async (process: FaultPlace['process']): Promise<number> => {
    let ended = 0;
    for (const place of faultPlaces.filter((one) => one.process === process))
      if (await crash(stage, place, timeline, stories)) ended += 1;
    return ended;
  };
  const [api, workers] = await Promise.all([lane('api'), lane('worker')]);
  await Promise.all(stories); // each goes on to its end
  return api + workers;
}

async function crash(
  { stack, payer, traffic, complaints }: Stage,
  { number, process, point, story, fault }: FaultPlace,
  timeline: Timeline,
  stories: Promise<void>[],
): Promise<boolean> {
  const armed = join(stack.faultPoints, `${process}.${point}`);
  if (fault) await payer.arm(fault);
  writeFileSync(armed, '');
  for (let tries = 0; tries < triesMax; tries += 1) {
    const played = traffic.another(story);
    stories.push(played);
    if (await fell(armed, played)) {
      timeline.note(`place ${number}: ${process} at ${point}`);
      return true;
    }
  }
  rmSync(armed, { force: true });
  complaints.add('sweep', `place ${number}`, `nobody came to ${process} ${point} by ${story}`);
  return false;
}

/** Until the place has ended a process, or its story is over (and a little more: deliveries come after). */
async function fell(armed: string, played: Promise<void>): Promise<boolean> {
  const over = Promise.race([played.then(() => pause(2_000)), pause(patienceMs)]);
  const looking = new AbortController();
  void over.then(() => looking.abort());
  while (existsSync(armed) && !looking.signal.aborted) await pause(20);
  return !existsSync(armed);
}
