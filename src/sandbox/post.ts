import type { Acknowledgement, Sealed } from './channel.ts';

/** How long a merchant may keep a callback open: what comes after this counts as nothing. */
const patienceMs = 30_000;

/**
 * Posts a callback.
 *
 * @param url the merchant's address; redirects are not followed
 * @param sealed body and headers
 * @param withinMs the channel's patience
 * @param late hears the answer that came after that
 * @returns the answer, or status 0 when none came in time
 */
export async function post(
  url: string,
  sealed: Sealed,
  withinMs: number,
  late: (answer: Acknowledgement) => void,
): Promise<Acknowledgement> {
  const answer = answerOf(url, sealed);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, withinMs, null);
  });
  const timely = await Promise.race([answer, tooLate]);
  clearTimeout(timer);
  if (timely === null) void answer.then(late);
  return timely ?? silence;
}

const silence: Acknowledgement = { status: 0, body: '' };

async function answerOf(url: string, { body, headers }: Sealed): Promise<Acknowledgement> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return silence;
  }
}
