import { readFileSync } from 'node:fs';

import { channels as inCampaign } from '../../chaos/stack.ts';
import { methodTypes } from '../../src/api/payment-schema.ts';
import { allChannels, channelFor } from '../../src/channels/registry.ts';
import { WrongSettings } from '../../src/channels/settings.ts';
import { channelNames } from '../../src/sandbox/channel.ts';
import { demoMethods } from '../../src/stack/way.ts';

/** All but the wallet, whose other side is ours: it has neither wire nor sandbox (decision 0032). */
const wired = allChannels()
  .map(({ slug }) => slug)
  .filter((slug) => slug !== 'balance');
const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('every channel is played by the sandbox and by the campaign, and nobody else is', () => {
  expect(new Set(channelNames)).toEqual(new Set(wired));
  expect(new Set(inCampaign)).toEqual(new Set(wired));
});

test.each(wired)('%s stands the conformance suite, and its callbacks are fuzzed', (slug) => {
  expect(textOf(`test/channels/${slug}.test.ts`)).toContain('channelContract(');
  expect(textOf('fuzz/callback/tongue.ts')).toContain(`from './${slug}.ts'`);
});

test('every method of the API has an account behind it, and the demo shows it', () => {
  const served = allChannels().flatMap(({ facts }) => Object.keys(facts.methods));
  expect(new Set(served)).toEqual(new Set(methodTypes));
  expect(new Set(demoMethods)).toEqual(new Set(methodTypes));
});

const membersWithout = (slug: string): string[] => {
  try {
    channelFor(slug)!.parseAccount({});
    return [];
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    return error.members.map(({ path }) => path.join('.'));
  }
};

test.each(wired)('what %s says that an account is known by is what none can be without', (slug) => {
  expect(membersWithout(slug)).toEqual(
    expect.arrayContaining([...channelFor(slug)!.facts.identity]),
  );
});

test('only where no setting says whose an account is, nothing holds it to be the same', () => {
  const nameless = allChannels().filter(({ facts }) => facts.identity.length === 0);
  expect(new Set(nameless.map(({ slug }) => slug))).toEqual(new Set(['stripe', 'balance']));
});
