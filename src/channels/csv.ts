import { CsvError, parse } from 'csv-parse/sync';

/** A line by the names of its columns. */
export type Line = Readonly<Record<string, string>>;

export interface Table {
  readonly columns: readonly string[];
  readonly lines: readonly Line[];
}

/**
 * Comma-separated lines as RFC 4180 has them, of which the first names the columns. Read by a library: a reader of our own threw at
 * a cell of some megabytes, which a damaged file may have.
 *
 * @returns null for what is none: cut off within quotes, or a line that has more or fewer cells than there are columns
 */
export function readTable(text: string): Table | null {
  const [columns = [], ...rows] = rowsOf(text) ?? [];
  if (columns.length === 0) return null;
  const named = (cells: readonly string[]) =>
    Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  return { columns, lines: rows.map(named) };
}

function rowsOf(text: string): string[][] | null {
  try {
    return parse(text, { bom: true, record_delimiter: ['\r\n', '\n'], skip_empty_lines: true });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
