import { identityErrors } from '../../src/api/account-identity.ts';
import { allChannels, channelFor } from '../../src/channels/registry.ts';

const named = allChannels().flatMap(({ slug, facts }) =>
  facts.identity.map((name): [string, string] => [slug, name]),
);
/** Settings in which every member is this text. */
const all = (slug: string, text: string) =>
  Object.fromEntries(channelFor(slug)!.facts.identity.map((name) => [name, text]));
const errors = (slug: string, last: object, next: object) =>
  identityErrors(channelFor(slug)!, { settings: last }, { settings: next });

test.each(named)('an account at %s with another %s is another account, and the member is named', (slug, name) => {
  const last = { ...all(slug, 'one'), key: 'old' };
  const detail = `names another account at ${slug}: make another cha_… for it`;
  expect(errors(slug, last, { ...last, [name]: 'two' })).toEqual([{ pointer: `/settings/${name}`, code: 'invalid_settings', detail }]);
}); // prettier-ignore

test.each(allChannels().map(({ slug }) => slug))('an account at %s with other keys is the same', (slug) => {
  const of = { ...all(slug, 'one'), base_url: 'https://one.example' };
  expect(errors(slug, { ...of, key: 'old' }, { ...of, key: 'new', base_url: 'https://two.example' })).toEqual([]);
}); // prettier-ignore

test('a member that is missing is for the reading of the settings to tell', () => {
  expect(errors('unionpay', { mer_id: 'one' }, {})).toEqual([]);
  expect(errors('unionpay', {}, { mer_id: 'one' })).toEqual([]);
});
