import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** An append-only file of JSON lines; what is appended survives `kill -9`. */
export interface Journal<Entry> {
  readonly append: (entry: Entry) => void;
  /** Empties it. */
  readonly clear: () => void;
}

/** Opens the journal and hands every entry to `replay`. A torn last line (killed while writing) is cut off. */
export function openJournal<Entry>(path: string, replay: (entry: Entry) => void): Journal<Entry> {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) {
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) if (line !== '') replay(JSON.parse(line) as Entry);
  }
  let file = openSync(path, 'a');
  return {
    append: (entry) => {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fdatasyncSync(file);
    },
    clear: () => {
      closeSync(file);
      truncateSync(path, 0);
      file = openSync(path, 'a');
    },
  };
}
