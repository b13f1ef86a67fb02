import { drawnAt, isId, prefixes } from '../../src/domain/id.ts';
import { drawId } from '../../src/store/id.ts';
import { times } from './shop.ts';

describe('a drawn id', () => {
  test.each(prefixes)('with prefix %s is a TypeID', (prefix) => {
    expect(isId(prefix, drawId(prefix))).toBe(true);
  });

  test('tells when it was drawn, and only as what it is', () => {
    expect(drawnAt('att', 'att_01m88bxr60eyksyy847gn49x2c')).toBe(
      Date.parse('2026-11-25T03:27:54.560Z'),
    );
    expect(() => drawnAt('att', drawId('op'))).toThrow("of the kind 'att'");
  });

  test('sorts behind every one drawn before, also within a millisecond and beyond 4,096 of them', () => {
    const ids = times(20_000, () => drawId('op'));
    expect(new Set(ids).size).toBe(20_000);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('F28: goes on sorting when the wall clock steps back', () => {
    const before = drawId('op');
    const { now } = Date;
    const then = now() - 600_000;
    Date.now = () => then;
    const after = drawId('op');
    Date.now = now;
    expect(after > before).toBe(true);
  });
});
