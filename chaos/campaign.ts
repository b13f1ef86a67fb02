import type { Given } from './arguments.ts';
import type { Page, Payment } from './contract.ts';
import { drill, type Figures } from './drill/drill.ts';
import { cardCanary } from './invariant/secret.ts';
import { Killer, type Tier } from './killer.ts';
import { outage } from './outage.ts';
import { type Profile, profiles } from './profile.ts';
import type { Run } from './report.ts';
import { say } from './say.ts';
import { onStage, type Stage } from './stage.ts';
import { sweep } from './sweep.ts';
import type { Timeline } from './timeline.ts';
import { proofs, type Violation } from './violation.ts';
import { storm } from './weather.ts';
import { pause } from './wire.ts';

const meanGapMs = 2_500;

/** Much like the default one: five hundred payments asked about every 5 s are all that two cores can do. */
const calmPolls = '2,5,10,15,30';

/** Plays one campaign and audits it. */
export function campaign(given: Given, timeline: Timeline): Promise<Run> {
  const asked = profiles[given.profile];
  const profile: Profile = {
    ...asked,
    payments: given.payments ?? asked.payments,
    kills: given.kills ?? asked.kills,
    open: given.open ?? asked.open,
    ...(given.drill === 'rolling-restart' ? { polls: calmPolls } : {}),
    ...(given.drill ? { kills: 0, quietMs: 300_000, stillMs: 150_000 } : {}),
  };
  const { seed, keep } = given;
  const { workers, polls } = profile;
  return onStage({ seed, workers, polls, keep, say }, async (stage) => {
    await temptation(stage);
    await storm(stage.payer);
    say(`${profile.payments} payments, ${profile.kills} kills, seed ${seed}`);
    const playing = play(stage, profile, given, timeline);
    if (!given.isFirst) await playing;
    else await Promise.race([playing, stage.auditor.alarm()]);
    playing.catch(() => undefined); // what goes on behind an alarm interests nobody
    const figures = given.isFirst ? {} : await playing;
    return { ...(await conclude(stage, profile, given, timeline)), figures };
  });
}

/** Traffic, reader, auditor and killer at once, until the last story has ended and the last blow has fallen. */
async function play(
  stage: Stage,
  profile: Profile,
  { story, sweeps, drill: named }: Given,
  timeline: Timeline,
): Promise<Figures> {
  const { traffic, reader, auditor } = stage;
  const reading = Promise.all([
    reader.read(Math.min(100, profile.inFlight * 2)),
    auditor.watch(profile.payments > 1_000 ? 10_000 : 1_500),
  ]);
  const [figures] = await Promise.all([
    named ? drill(named, stage, profile, timeline) : attack(stage, profile, timeline),
    traffic.run({ ...profile, story }),
  ]);
  say('the stories have ended');
  await stage.payer.calm();
  stage.receiver.unwell = false;
  if (sweeps && !named) await sweep(stage, timeline);
  if (!named) await outage(stage);
  await remind(stage);
  auditor.rest();
  await settle(stage);
  reader.stop();
  await reading;
  return figures;
}

/**
 * Of money that came late or twice only callbacks tell, and a channel repeats one that was lost for days, ever more
 * seldom: in 20 minutes of bad weather it may not have come through yet.
 */
async function remind({ orders, merchant, payer }: Stage): Promise<void> {
  for (const { isForced, payment } of orders()) {
    if (!isForced || payment === null) continue;
    const { attempts } = await merchant.read<Payment>(`/v1/payments/${payment}`);
    for (const { channel, reference } of attempts) await payer.remind(channel, reference);
  }
}

/** The reader goes on a little: what was in hand at the last blow is to be seen moving. */
async function settle({ recovery }: Stage): Promise<void> {
  await Promise.race([recovery.seconds(), pause(60_000)]);
  await pause(3_000);
}

/** Blows at exponential distances, spread over the traffic: a slow machine has its kills further apart. */
async function attack(stage: Stage, profile: Profile, timeline: Timeline): Promise<Figures> {
  const { traffic, recovery, chance } = stage;
  const killer = new Killer(stage.stack, chance.branch('killer'), timeline);
  const drawn = chance.branch('blows');
  const slow = new Set<string>();
  const portion = profile.payments / (profile.kills + 1);
  for (let done = 0; done < profile.kills; done += 1) {
    traffic.allowed = Math.ceil(portion * (done + 1));
    await pause(Math.min(10_000, Math.max(300, drawn.gap(meanGapMs))));
    while (traffic.started < Math.floor(portion * (done + 0.5))) await pause(50);
    if (done === Math.floor(profile.kills / 2)) await stage.auditor.remember();
    for (const order of traffic.orders) if (order.isSlow) slow.add(order.payment ?? '');
    const blow = await killer.strike(drawn.weighted<Tier>(profile.tiers));
    recovery.begin(blow, (id) => slow.has(id));
    say(`${traffic.ended} of ${profile.payments} stories have ended`);
  }
  traffic.allowed = profile.payments;
  await killer.wholeAgain();
  return {};
}

/** A card number where none may be: it must be refused and be nowhere afterwards (I11). */
async function temptation({ merchant, complaints }: Stage): Promise<void> {
  const body = { order_no: cardCanary, amount: 100, currency: 'CNY', description: `${cardCanary.slice(0, 4)} ${cardCanary.slice(4)}` }; // prettier-ignore
  const { status } = await merchant.post('/v1/payments', body, 'temptation', 20_000);
  if (status !== 422) complaints.add('contract', 'a card number', `was answered ${status}`);
}

async function conclude(
  stage: Stage,
  profile: Profile,
  { isFirst }: Given,
  timeline: Timeline,
): Promise<Omit<Run, 'figures'>> {
  const isOver = isFirst && proofs(stage.complaints.all()).length > 0;
  const found = isOver ? stage.complaints.all() : await stage.auditor.verdict(profile, say);
  const recovery = isOver ? { accepting: {}, resumed: {} } : await stage.recovery.seconds();
  const violations = [...found, ...tooSlow(profile, recovery)];
  await tell(stage, violations);
  return { payments: stage.orders().length, kills: timeline.kills, recovery, violations };
}

/** What happened to each payment that is complained of, in the product's own words. */
async function tell({ merchant, orders }: Stage, violations: readonly Violation[]): Promise<void> {
  const subjects = new Set(violations.flatMap(({ subject }) => subject.split(' ')));
  const about = orders().filter(({ payment }) => payment !== null && subjects.has(payment));
  for (const order of about.slice(0, 5)) {
    say(JSON.stringify(order));
    say(JSON.stringify(await merchant.read(`/v1/payments/${order.payment}`)));
    const { data } = await merchant.read<Page<object>>(`/v1/payments/${order.payment}/timeline`);
    for (const entry of data) say(JSON.stringify(entry));
  }
}

function tooSlow(
  { acceptingMax, resumedMax }: Profile,
  { accepting, resumed }: Run['recovery'],
): Violation[] {
  const over = (what: string, times: Record<string, number>, most: number): Violation[] =>
    Object.entries(times)
      .filter(([, seconds]) => seconds > most)
      .map(([name, seconds]) => ({
        invariant: 'recovery',
        subject: name,
        detail: `${what} again after ${seconds} s, not within ${most} s`,
      }));
  return [...over('accepting', accepting, acceptingMax), ...over('resumed', resumed, resumedMax)];
}
