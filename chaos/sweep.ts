import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type FaultPlace, faultPlaces } from './fault-place.ts';
import type { Merchant } from './merchant.ts';
import type { Order } from './scene.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';
import { pause } from './wire.ts';

/** So many stories lead there; one that was killed elsewhere may miss its place. */
const triesMax = 4;

const patienceMs = 60_000;

/** Ends a process at every numbered place, once: the API's and the workers' side by side. */
export async function sweep(stage: Stage, timeline: Timeline): Promise<void> {
  const stories: Promise<void>[] = [];
  const lane = async (places: readonly FaultPlace[]): Promise<void> => {
    for (const place of places) await crash(stage, place, timeline, stories);
    await Promise.all(stories); // each goes on to its end
  };
  const beside = faultPlaces.filter((place) => !place.isAlone);
  await Promise.all([
    lane(beside.filter(({ process }) => process === 'api')),
    lane(beside.filter(({ process }) => process === 'worker')),
  ]);
  await lane(faultPlaces.filter((place) => place.isAlone));
}

async function crash(
  stage: Stage,
  place: FaultPlace,
  timeline: Timeline,
  stories: Promise<void>[],
): Promise<void> {
  const { number, process, point, story, fault } = place;
  if (fault) await stage.payer.arm(fault);
  const isDone = await struck(stage, place, stories);
  if (fault) await stage.payer.calm();
  if (isDone) timeline.note(`F22: place ${number}: ${process} at ${point}`);
  else stage.complaints.add('sweep', `place ${number}`, `F22: nobody came to ${process} ${point} by ${story}`); // prettier-ignore
  if (isDone && process === 'api') await leaveATurn(stage.merchant);
}

/** Plays the story that leads there until somebody has fallen; false when nobody did. */
async function struck(
  { stack, traffic }: Stage,
  { process, point, story, isItsOwn = false }: FaultPlace,
  stories: Promise<void>[],
): Promise<boolean> {
  const armed = join(stack.faultPoints, `${process}.${point}`);
  for (let tries = 0; tries < triesMax; tries += 1) {
    if (!isItsOwn) writeFileSync(armed, '');
    const { order, played } = traffic.another(story);
    stories.push(played);
    if (isItsOwn) writeFileSync(armed, await paymentOf(order, played));
    if (await fell(armed, played)) return true;
  }
  rmSync(armed, { force: true });
  return false;
}

/**
 * Those who were cut off repeat within 1.5 s of its return. Without their turn they were cut off at every place in a row,
 * and on a busy machine somebody was never answered.
 */
async function leaveATurn(merchant: Merchant): Promise<void> {
  await merchant.read('/v1/payments?limit=1');
  await pause(1_600);
}

/** Its payment's id, once it has one; its story may end without. */
async function paymentOf(order: Order, played: Promise<void>): Promise<string> {
  const over = new AbortController();
  void played.then(() => over.abort());
  while (order.payment === null && !over.signal.aborted) await pause(20);
  return order.payment ?? 'none';
}

/** Until the place has ended a process, or its story is over (and a little more: deliveries come after). */
async function fell(armed: string, played: Promise<void>): Promise<boolean> {
  const over = Promise.race([played.then(() => pause(2_000)), pause(patienceMs)]);
  const looking = new AbortController();
  void over.then(() => looking.abort());
  while (existsSync(armed) && !looking.signal.aborted) await pause(20);
  return !existsSync(armed);
}
