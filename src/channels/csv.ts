/** A cell and what ends it: a comma, the line's end, or the text's. One in quotes may hold all of those, a quote in it twice. */
const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** Comma-separated lines as RFC 4180 has them; null for what is not: a text that is cut off within quotes. */
export function readCsv(text: string): readonly (readonly string[])[] | null {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; at = cell.lastIndex) {
    cell.lastIndex = at;
    const found = cell.exec(text);
    if (!found) return null;
    const [, quoted, bare = '', end] = found;
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ',' && cell.lastIndex < text.length) continue;
    rows.push(end === ',' ? [...row, ''] : row);
    row = [];
  }
  return rows;
}
