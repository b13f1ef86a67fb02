/** Tells the person at the keyboard. */
export type Say = (line: string) => void;

/** Progress goes to stderr: stdout carries the figures. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
