/** A line of a bill: its cells by the name of their column; what it does not name is empty. */
export type Cells = Readonly<Record<string, string>>;

const byteOrderMark = '\ufeff';

/**
 * A bill as it is downloaded (channels.md 1.6): the columns, the lines, the columns of the summary, the summary. A
 * backtick stands before each cell, so that no spreadsheet mistakes a number for one.
 */
export function billText(
  columns: readonly string[],
  lines: readonly Cells[],
  summary: Cells,
): string {
  const names = Object.keys(summary);
  const all = [
    columns.join(','),
    ...lines.map((line) => spelt(columns, line)),
    names.join(','),
    spelt(names, summary),
    '',
  ];
  return byteOrderMark + all.join('\r\n');
}

function spelt(columns: readonly string[], line: Cells): string {
  return columns.map((name) => `\`${(line[name] ?? '').replace(/[\r\n]+/g, ' ')}`).join(',');
}
