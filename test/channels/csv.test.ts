import fc from 'fast-check';

import { readTable } from '../../src/channels/csv.ts';

test('cells in quotes hold commas, quotes and line ends', () => {
  expect(readTable('\uFEFFa,b\r\n"1, ""2""\nby hand",\r\n\r\n,3\r\n')).toEqual({
    columns: ['a', 'b'],
    lines: [
      { a: '1, "2"\nby hand', b: '' },
      { a: '', b: '3' },
    ],
  });
  expect(readTable('a,b\n')).toEqual({ columns: ['a', 'b'], lines: [] });
});

test.each(['', '\n', 'a,"b', '"a"b,c', 'a"b', 'a,b\n1', 'a,b\n1,2,3'])('%j is none', (text) => {
  expect(readTable(text)).toBeNull();
});

test('a file that is damaged at its quotes is none, however large it is', () => {
  expect(readTable(`a,b\n"${'x'.repeat(20_000_000)}`)).toBeNull();
});

test('what was written is read again', () => {
  const row = fc.array(fc.string(), { minLength: 2, maxLength: 2 });
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const text = [['a', 'b'], ...rows].map((cells) => `${cells.map(quoted).join()}\n`).join('');
      expect(readTable(text)!.lines).toEqual(rows.map(([a, b]) => ({ a, b })));
    }),
  );
});
