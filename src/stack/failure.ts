/** One clear line for a command that failed; the stack trace only with LOG_LEVEL=debug or trace. */
export function printFailure(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`);
  if (!['debug', 'trace'].includes(process.env['LOG_LEVEL'] ?? '')) return;
  if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

/** Node's own errors (a refused connection to both addresses of a name) may have a code and no message. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}

/** Runs a command to its end: its answer is the exit code; whatever it throws is one line and exit 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    printFailure(error);
    process.exitCode = 1;
  }
}
