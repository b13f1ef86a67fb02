/**
 * How a fault ends for who calls by plain HTTP, as by every channel that names no way of its own to say it: with this
 * status, or without an answer. None of these has happened.
 */
export const beforeCommit = [
  ['timeout_before_commit', 'no answer'],
  ['http_500_before_commit', 500],
  ['rate_limit', 429],
  ['refuse_connection', 'no answer'],
] as const;

/** These have. */
export const afterCommit = [
  ['timeout_after_commit', 'no answer'],
  ['reset_mid_body', 'no answer'],
  ['http_500_after_commit', 500],
  ['system_error_after_commit', 503],
] as const;

/**
 * How a call ended for who made it: a status, or that there was no answer. He leaves after a second where none will come, and
 * waits otherwise: on a loaded machine an answer may take more than that.
 */
export const ending = (fault: string, made: Promise<number>) =>
  Promise.race([
    made.catch(() => 'no answer'),
    new Promise((resolve) =>
      setTimeout(resolve, fault.startsWith('timeout') ? 1_000 : 30_000, 'no answer').unref(),
    ),
  ]);
