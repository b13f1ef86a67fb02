import fc from 'fast-check';

import { readCsv } from '../../src/channels/csv.ts';

test('cells in quotes hold commas, quotes and line ends', () => {
  expect(readCsv('a,b\r\n"1, ""2""\nby hand",\n,3\n')).toEqual([
    ['a', 'b'],
    ['1, "2"\nby hand', ''],
    ['', '3'],
  ]);
});

test.each(['a,"b', '"a"b,c', 'a"b"'])('%s is none', (text) => {
  expect(readCsv(text)).toBeNull();
});

test('what was written is read again', () => {
  const row = fc.array(fc.string(), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), (rows) => {
      const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
      const text = rows.map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
      expect(readCsv(text)).toEqual(rows);
    }),
  );
});
