import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Never in production, and nowhere but where the fault campaign starts the process. */
const folder = process.env['NODE_ENV'] === 'production' ? undefined : process.env['FAULT_POINTS'];

/**
 * A place where the fault campaign may end this process, as `kill -9` would. Does nothing unless FAULT_POINTS named a
 * folder when the process started; there a file `<process>.<name>` arms the place for whoever passes it first, or for
 * the payment that it names.
 *
 * @param name what is about to be done or was just done, like `claim.before`
 * @param payment whose it is, where the campaign must know
 */
export const faultPoint: (name: string, payment?: string) => void = folder
  ? (name, payment) => endIfArmed(folder, name, payment)
  : () => undefined;

/** The file is gone before the process is: it ends one process, once. */
function endIfArmed(armed: string, name: string, payment?: string): void {
  const kind = process.title.split(' ').at(-1) ?? ''; // set by each main, after this module was loaded
  const file = join(armed, `${kind}.${name}`);
  try {
    if (!['', payment].includes(readFileSync(file, 'utf8'))) return;
    unlinkSync(file);
  } catch {
    return; // not armed
  }
  process.kill(process.pid, 'SIGKILL');
}
