import { existsSync } from 'node:fs';

import JestSequencer from '@jest/test-sequencer';

/**
 * The test files that take a minute and more, about the longest first. In a clean clone Jest knows sizes and no durations: the
 * longest would begin in the middle, and all processes would wait for the last one at the end.
 */
const longestFirst = [
  'stack/demo',
  'reliability/channel-key',
  'workflows/simulation',
  'stack/launcher',
  'docs/testing-payment',
  'api/card',
  'domain/confluence',
  'reliability/outage',
  'fuzz/fuzz',
  'stack/fault',
  'api/webhook',
  'stack/outage',
  'reliability/rotation',
  'reliability/race',
  'workflows/skipped-time',
  'workflows/failures',
  'bench/bench',
  'sandbox/process',
  'channels/stripe',
  'api/withdrawal',
  'activities/delivery',
  'api/unionpay',
  'stack/channel-account',
];

for (const name of longestFirst)
  if (!existsSync(new URL(`${name}.test.ts`, import.meta.url)))
    throw new Error(`test/sequencer.js names ${name}.test.ts, which is not there`);

const rankOf = ({ path }) => {
  const rank = longestFirst.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? longestFirst.length : rank;
};

/** Starts the longest files first, so that all processes end together. */
export default class Sequencer extends JestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
