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

/** Ends a command that threw: one line, and exit 1; 2 where its words could not be read, as where they ask for nothing. */
export function fail(error: unknown): void {
  printFailure(error);
  process.exitCode = isOfUsage(error) ? 2 : 1;
}

/** Is it what `parseArgs` throws of an unknown option, or of one without its value? */
function isOfUsage(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code?.startsWith('ERR_PARSE_ARGS_') ?? false;
}

/** Runs a command to its end: its answer is the exit code; what it throws ends it as `fail` says. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    fail(error);
  }
}
