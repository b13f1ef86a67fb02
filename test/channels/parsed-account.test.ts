import type { Channel } from '../../src/channels/channel.ts';
import { createParsedAccounts } from '../../src/channels/parsed-account.ts';

interface Kept {
  readonly id: string;
  readonly version: number;
  readonly newest?: { readonly version: number } | null;
  readonly settings: string;
}

let parsed: unknown[] = [];
const accounts = () => createParsedAccounts(({ settings }: Kept) => settings);
const channel = {
  parseAccount: (settings: unknown) => {
    parsed.push(settings);
    if (settings === 'bad') throw new Error('bad settings');
    return { of: settings };
  },
} as unknown as Channel;
beforeEach(() => (parsed = []));

test('a version of an account is parsed once', () => {
  const accountOf = accounts();
  const [one, two] = [1, 2].map(() =>
    accountOf(channel, { id: 'cha_1', version: 1, settings: 'a' }),
  );
  expect(one).toEqual({ of: 'a' });
  expect(two).toBe(one);
  expect(parsed).toEqual(['a']);
});

test('another version and another account are others', () => {
  const accountOf = accounts();
  const given = [
    ['cha_1', 1, 'a'],
    ['cha_1', 2, 'b'],
    ['cha_2', 1, 'c'],
    ['cha_1', 1, 'a'],
  ] as const;
  const parsedOnes = given.map(([id, version, settings]) =>
    accountOf(channel, { id, version, settings }),
  );
  expect(parsedOnes).toEqual([{ of: 'a' }, { of: 'b' }, { of: 'c' }, { of: 'a' }]);
  expect(parsed).toEqual(['a', 'b', 'c']);
});

test('a version is parsed again when more is to be read into it out of a newer one', () => {
  const accountOf = accounts();
  for (const newest of [null, { version: 2 }, { version: 3 }, { version: 3 }])
    accountOf(channel, { id: 'cha_1', version: 1, settings: 'a', newest });
  expect(parsed).toEqual(['a', 'a', 'a']);
});

test('bad settings are bad each time', () => {
  const accountOf = accounts();
  const ask = () => accountOf(channel, { id: 'cha_1', version: 1, settings: 'bad' });
  expect(ask).toThrow('bad settings');
  expect(ask).toThrow('bad settings');
});
