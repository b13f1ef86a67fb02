import type { Send } from '../channels/exchange.ts';
import type { Grant, Granted } from '../channels/grant.ts';
import { logger } from '../telemetry.ts';
import { exchange, type Sent } from './exchange.ts';
import { within } from './patience.ts';

/** Of an activity's 5 s of grace the store may need 3 s to take the outcome. */
const patienceMs = 1_500;

/** No token is used up to its last second: by the channel's clock that may be over. */
const marginMs = 60_000;

/** The tokens that channels gave out, in the memory of this process alone. */
export interface Tokens {
  /** The account's token; everybody who asks while one is on its way waits for the same. It never rejects. */
  readonly of: (grant: Grant, account: object) => Promise<Granted>;
  /** The channel refused this one: the next request asks for another. */
  readonly forget: (account: object, token: string) => void;
}

interface Kept {
  readonly granted: Promise<Granted>;
  token: string | null;
  until: number;
}

/** @param timeout_ms of one request for a token; its caller waits less, and the next one has it */
export function createTokens(timeout_ms: number): Tokens {
  // By the account as it was parsed: a new version of it is another object, and what is not used any more is gone.
  const kept = new WeakMap<object, Kept>();
  const begin = (grant: Grant, account: object): Kept => {
    const begun: Kept = {
      token: null,
      until: Infinity,
      granted: ask(grant, account, timeout_ms).then((granted) => {
        const isGranted = granted.kind === 'granted';
        begun.token = isGranted ? granted.token : null;
        begun.until = isGranted ? performance.now() + granted.lives_ms - marginMs : 0;
        return granted;
      }),
    };
    kept.set(account, begun);
    return begun;
  };
  return {
    of: (grant, account) => {
      const known = kept.get(account);
      const { granted } = known && performance.now() < known.until ? known : begin(grant, account);
      return within(patienceMs, granted).catch(() => nothing(`no token in ${patienceMs} ms`));
    },
    forget: (account, token) => {
      if (kept.get(account)?.token === token) kept.delete(account);
    },
  };
}

async function ask(grant: Grant, account: object, timeout_ms: number): Promise<Granted> {
  const request = grant.request(account);
  const granted = grant.read(await exchange(request, timeout_ms));
  if (granted.kind === 'granted') return granted;
  const why = granted.kind === 'reply' ? `status ${granted.status}` : granted.detail;
  logger.warn({ url: request.url, why }, 'a channel gave no token');
  return granted;
}

function nothing(detail: string): Granted {
  return { kind: 'never_sent', detail };
}

/**
 * The same way out, with the account's token on every request. Without one nothing leaves; who made the call takes its fence then.
 * A token that is refused is forgotten: the verb says that nothing was done, and is called again with another.
 *
 * @param hears of each token that was not given
 */
export function bearing(
  send: Send,
  tokens: Tokens,
  grant: Grant,
  account: object,
  hears: (of: Pick<Sent, 'result' | 'took_ms'>) => void = () => undefined,
): Send {
  return async (request) => {
    const granted = await tokens.of(grant, account);
    if (granted.kind !== 'granted') {
      hears({ result: granted.kind, took_ms: 0 });
      return granted;
    }
    const { token } = granted;
    const headers = { ...request.headers, Authorization: `Bearer ${token}` };
    const reply = await send({ ...request, headers });
    if (reply.kind === 'reply' && reply.status === 401) tokens.forget(account, token);
    return reply;
  };
}
