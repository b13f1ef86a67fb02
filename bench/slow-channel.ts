import { setTimeout as sleep } from 'node:timers/promises';

import type { Arguments } from './arguments.ts';
import { type Distribution, distribution, round } from './distribution.ts';
import { untilQuiet } from './history.ts';
import { load, type Sample } from './load.ts';
import { post } from './post.ts';
import type { Stage } from './stage.ts';

/** Each card payment calls twice, so at 10 s a call some 60 of them wait at any time. */
const cardsPerSecond = 3;

/** How much is measured, and how slow the other channel is. */
export type Load = Pick<Arguments, 'payments' | 'rounds' | 'inFlight'> & {
  readonly slowMs: number;
};

interface Times {
  readonly create_ms: Distribution;
  readonly complete_ms: Distribution;
}

/** QR payments beside cards of a channel that answers at once, and beside the same cards of one that takes 10 s. */
export interface Beside {
  readonly engine: string;
  readonly in_flight: number;
  readonly payments: number;
  readonly cards_per_second: number;
  readonly slow_ms: number;
  /** How many card payments were open at the end of a turn, the most of all turns. */
  readonly open_at_slow_channel: number;
  readonly prompt: Times;
  readonly slow: Times;
  readonly ratio: Readonly<Record<'create_p50' | 'create_p99' | 'complete_p50' | 'complete_p99', number>>;
} // prettier-ignore

type Arm = 'prompt' | 'slow';

/**
 * Measures QR payments while cards come in beside them, as many in both arms, so that nothing differs but how long
 * the cards' channel takes. Throws when a payment fails.
 */
export async function besideSlowChannel(
  stage: Stage,
  given: Load,
  say: (line: string) => void,
): Promise<Beside> {
  const samples: Record<Arm, Sample[]> = { prompt: [], slow: [] };
  const count = Math.round(given.payments / given.rounds);
  await load(stage.product, stage.inbox, count, { ...given, methods: ['qr'] }); // warms up
  let open = 0;
  for (let turn = 0; turn < given.rounds; turn += 1) {
    const arms: Arm[] = turn % 2 === 0 ? ['prompt', 'slow'] : ['slow', 'prompt'];
    for (const arm of arms) {
      const done = await measure(stage, given, arm, count);
      samples[arm].push(...done.samples);
      if (arm === 'slow') open = Math.max(open, done.open);
      say(`round ${turn + 1}, ${arm}: ${done.open} cards open`);
    }
  }
  return report(stage, given, samples, open);
}

async function measure(stage: Stage, given: Load, arm: Arm, count: number) {
  const faults = `${stage.sandbox}/control/faults`;
  if (arm === 'slow')
    await post(faults, {
      channel: 'stripe',
      operation: 'any',
      fault: 'slow',
      delay_ms: given.slowMs,
    });
  const leadMs = 2 * given.slowMs; // until the slow channel's queue is as full as it gets
  const cards = stream(stage.beginCard);
  await sleep(leadMs);
  const { samples } = await load(stage.product, stage.inbox, count, { ...given, methods: ['qr'] });
  const { count: open } = await stage.client.workflow.count(`ExecutionStatus = 'Running'`);
  await cards.stop();
  await fetch(faults, { method: 'DELETE' });
  await sleep(arm === 'slow' ? leadMs : 0); // what waits at the channel comes back
  await untilQuiet(stage.client);
  return { samples, open };
}

/** Begins a card payment every third of a second until it is stopped, which throws what a begin threw. */
function stream(begin: () => Promise<unknown>): { readonly stop: () => Promise<void> } {
  const begun: Promise<unknown>[] = [];
  const timer = setInterval(() => {
    const one = begin();
    one.catch(() => undefined); // heard at the end
    begun.push(one);
  }, 1_000 / cardsPerSecond);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(begun);
    },
  };
}

function report(
  { engine }: Stage,
  given: Load,
  samples: Record<Arm, Sample[]>,
  open: number,
): Beside {
  const [prompt, slow] = [times(samples.prompt), times(samples.slow)];
  const ratio = (what: keyof Times, at: 'p50' | 'p99') => round(slow[what][at] / prompt[what][at]);
  return {
    engine,
    in_flight: given.inFlight,
    payments: samples.slow.length,
    cards_per_second: cardsPerSecond,
    slow_ms: given.slowMs,
    open_at_slow_channel: open,
    prompt,
    slow,
    ratio: {
      create_p50: ratio('create_ms', 'p50'),
      create_p99: ratio('create_ms', 'p99'),
      complete_p50: ratio('complete_ms', 'p50'),
      complete_p99: ratio('complete_ms', 'p99'),
    },
  };
}

function times(samples: readonly Sample[]): Times {
  return {
    create_ms: distribution(samples.map(({ create_ms }) => create_ms)),
    complete_ms: distribution(samples.map(({ complete_ms }) => complete_ms)),
  };
}
