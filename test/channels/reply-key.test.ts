import { believing } from '../../src/channels/reply-key.ts';

test('the keys of both versions are believed, whether they are listed or named', () => {
  const own = { keys: ['a', 'b'], named: { one: 'a', two: 'b' }, secret: 'old' };
  const newest = { keys: ['b', 'c'], named: { two: 'mended', three: 'c' }, secret: 'new' };
  expect(believing(own, newest, ['keys', 'named'])).toEqual({
    keys: ['a', 'b', 'c'],
    named: { one: 'a', two: 'mended', three: 'c' },
    secret: 'old',
  });
});

test('of another mode nothing is taken over', () => {
  const own = { public_keys: ['a'] };
  expect(believing(own, { certificates: ['b'] }, ['public_keys', 'certificates'])).toEqual(own);
});
