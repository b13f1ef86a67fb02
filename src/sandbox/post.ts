import type { Sealed } from './channel.ts';

/** How long a merchant may keep a callback open: what comes after this counts as nothing. */
const patienceMs = 30_000;

/**
 * Posts a callback.
 *
 * @param url the merchant's address; redirects are not followed
 * @param sealed body and headers
 * @param withinMs the channel's patience
 * @param late hears the status of an answer that came after that
 * @returns the status, or 0 when none came in time
 */
export async function post(
  url: string,
  sealed: Sealed,
  withinMs: number,
  late: (status: number) => void,
): Promise<number> {
  const answer = statusOf(url, sealed);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, withinMs, null);
  });
  const timely = await Promise.race([answer, tooLate]);
  clearTimeout(timer);
  if (timely === null) void answer.then(late);
  return timely ?? 0;
}

async function statusOf(url: string, { body, headers }: Sealed): Promise<number> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
