import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** An append-only file of JSON lines; what is appended survives `kill -9` at once. */
export interface Journal<Entry> {
  readonly append: (entry: Entry) => void;
  /** Resolves when all that was appended so far is on the disk; concurrent askers share one fdatasync. */
  readonly synced: () => Promise<void>;
  /** Empties it. */
  readonly clear: () => void;
}

const sync = promisify(fdatasync);

/**
 * Opens the journal. A torn last line (killed while writing) is dropped, and what the lines amount to
 * is written afresh, so that the file and the next start stay as short as the books.
 *
 * @param path the file; its folder is made
 * @param replay folds one entry of an earlier run
 * @param snapshot the entries that say the same as all that were replayed
 */
export function openJournal<Entry>(
  path: string,
  replay: (entry: Entry) => void,
  snapshot: () => Iterable<Entry>,
): Journal<Entry> {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) {
    for (const entry of linesOf(readFileSync(path))) replay(JSON.parse(entry) as Entry);
    rewrite(path, snapshot());
  }
  const file = openSync(path, 'a');
  let dirty = false;
  let last = Promise.resolve();
  let lastHasBegun = true; // one that has not begun will cover what is appended meanwhile
  return {
    append: (entry) => {
      writeFileSync(file, line(entry));
      dirty = true;
    },
    synced: () => {
      if (dirty && lastHasBegun) {
        lastHasBegun = false;
        last = last.then(() => {
          lastHasBegun = true;
          return sync(file);
        });
      }
      dirty = false;
      return last;
    },
    clear: () => ftruncateSync(file),
  };
}

function line(entry: unknown): string {
  return `${JSON.stringify(entry)}\n`;
}

/** The whole lines, cut from the bytes: a long campaign's file is larger than the longest string. */
function* linesOf(bytes: Buffer): Iterable<string> {
  const newline = 10;
  let from = 0;
  for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
    yield bytes.toString('utf8', from, to);
    from = to + 1;
  }
}

/** By a new file that takes the old one's name when it is whole. */
function rewrite(path: string, entries: Iterable<unknown>): void {
  const file = openSync(`${path}.new`, 'w');
  for (const entry of entries) writeFileSync(file, line(entry));
  fdatasyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}
