import { type CircuitState, type CircuitTerms, comesAgainIn, judged, mayProbe, probed, type ProbeEnd, probing, untouched } from '../domain/circuit.ts'; // prettier-ignore
import { type Bucket, type CallResult, type Counted, counted as withOne, type Figures, figuresOf, noCalls } from '../domain/health.ts'; // prettier-ignore
import { type Instant, startToCloseMs } from '../domain/operation.ts';
import { addTallies, type Counts, type KeptCircuit, moveCircuit, type Pause, readCircuit, readHealth, type Reading } from './channel-health.ts'; // prettier-ignore
import type { Store } from './store.ts';

/** What is known of an account: a second old, at most. */
export interface AccountHealth {
  readonly circuit: KeptCircuit;
  readonly pause: Pause | null;
  /** Of its window. */
  readonly buckets: readonly Bucket[];
  readonly figures: Figures;
}

/** May a new attempt begin at an account? A `probe` says how it ended. */
export type Beginning =
  | { readonly kind: 'free' }
  | { readonly kind: 'held_back'; readonly why: string; readonly again_in_ms: number | null }
  | { readonly kind: 'probe'; readonly end: (as: ProbeEnd) => Promise<void> };

/** A circuit that changed, for the log. */
export interface CircuitChange {
  readonly channel_account: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
}

/**
 * The health of all channel accounts as this process knows it. It counts in memory, tells the others once a second and hears
 * from them as often: no call waits for it, unless a circuit is not closed.
 */
export interface HealthBoard {
  readonly of: (account: string) => AccountHealth;
  /** The accounts of which anything is known, each with its channel. */
  readonly accounts: () => Reading['accounts'];
  /** One call or callback more. @param time_ms what it took; of a callback its lag */
  readonly count: (account: string, counted: Counted, result: CallResult, time_ms: number) => void;
  /**
   * Is this account to be given a payment to find out whether it is well? Once in two exchanges, for by then this process has
   * heard what came of it. A circuit that everybody went around would never close.
   */
  readonly wantsProbe: (account: string) => boolean;
  /** A payment goes there. */
  readonly sent: (account: string) => void;
  /** Asked before the first call of a new attempt. It does not reject: with the store away nothing is held back. */
  readonly begin: (account: string) => Promise<Beginning>;
  /** Tells and hears now. */
  readonly exchange: () => Promise<void>;
}

/** The pause between two exchanges of a board: what one process saw all know within two of them. */
const everyMs = 1_000;

const isPaused: Beginning = { kind: 'held_back', why: 'the account is paused', again_in_ms: null };

const nothing: Reading = { now: 0, buckets: [], circuits: [], pauses: [], accounts: [] };
const untouchedKept: KeptCircuit = { ...untouched, version: 0 };
const unheardOf: AccountHealth = {
  circuit: untouchedKept,
  pause: null,
  buckets: [],
  figures: figuresOf([]),
};

/** @param told hears of each circuit that this process has changed */
export function createHealthBoard(
  { pool, timing }: Pick<Store, 'pool' | 'timing'>,
  terms: CircuitTerms,
  told: (change: CircuitChange) => void = () => undefined,
): HealthBoard {
  let reading = nothing;
  let read_at = performance.now();
  let health = new Map<string, AccountHealth>();
  let uncounted = new Map<string, Counts>();
  const given = new Map<string, Instant>();

  const now = (): Instant => reading.now + (performance.now() - read_at);
  const of = (account: string): AccountHealth => health.get(account) ?? unheardOf;

  /** What is seen of a circuit meanwhile holds until all is read again. */
  const see = (account: string, circuit: KeptCircuit): void => {
    health.set(account, { ...of(account), circuit });
  };
  const move = async (account: string, from: KeptCircuit, to: KeptCircuit): Promise<boolean> => {
    if (!(await moveCircuit(pool, account, from.version, to))) return false;
    see(account, { ...to, version: from.version + 1 });
    if (from.state !== to.state) told({ channel_account: account, from: from.state, to: to.state });
    return true;
  };

  const end = (account: string, leased: KeptCircuit, lent_at: Instant) => {
    const began = performance.now();
    return async (as: ProbeEnd): Promise<void> => {
      const ended_at = lent_at + (performance.now() - began);
      await move(account, leased, { ...leased, ...probed(leased, as, ended_at, terms) }).catch(() => false); // its lease ends by itself
    };
  }; // prettier-ignore

  const heldBack = (account: string): Beginning => {
    const again_in_ms = comesAgainIn(of(account).circuit, now(), Math.random());
    return { kind: 'held_back', why: 'the circuit is open', again_in_ms: again_in_ms && Math.ceil(again_in_ms) };
  }; // prettier-ignore

  const probe = async (account: string): Promise<Beginning> => {
    const found = await readCircuit(pool, account);
    if (!found || found.circuit.state === 'closed') return { kind: 'free' };
    const { circuit, now } = found;
    see(account, circuit);
    const lent = probing(circuit, now, startToCloseMs(timing));
    const isMine = lent && (await move(account, circuit, { ...circuit, ...lent }));
    return isMine ? { kind: 'probe', end: end(account, of(account).circuit, now) } : heldBack(account);
  }; // prettier-ignore

  const tell = async (): Promise<void> => {
    if (uncounted.size === 0) return;
    const telling = uncounted;
    uncounted = new Map();
    await addTallies(pool, [...telling.values()]);
  };
  const hear = async (): Promise<void> => {
    const heard = await readHealth(pool);
    reading = heard;
    read_at = performance.now();
    health = byAccount(heard);
  };
  const judge = async (): Promise<void> => {
    for (const [account, { circuit, buckets }] of health) {
      const next = judged(circuit, buckets, reading.now, terms);
      if (next !== circuit) await move(account, circuit, { ...circuit, ...next });
    }
  };

  return {
    of,
    accounts: () => reading.accounts,
    count: (channel_account, counted, result, time_ms) => {
      const key = `${channel_account} ${counted}`;
      const tally = withOne(uncounted.get(key)?.tally ?? noCalls, result, time_ms);
      uncounted.set(key, { channel_account, counted, tally });
    },
    wantsProbe: (account) =>
      mayProbe(of(account).circuit, now()) && now() >= (given.get(account) ?? 0) + 2 * everyMs,
    sent: (account) => {
      if (of(account).circuit.state !== 'closed') given.set(account, now());
    },
    begin: async (account) => {
      const { circuit, pause } = of(account);
      if (pause) return isPaused;
      if (circuit.state === 'closed') return { kind: 'free' };
      if (!mayProbe(circuit, now())) return heldBack(account);
      return probe(account).catch(() => ({ kind: 'free' }) as const);
    },
    exchange: async () => {
      await tell();
      await hear();
      await judge();
    },
  };
}

function byAccount({ accounts, buckets, circuits, pauses }: Reading): Map<string, AccountHealth> {
  const isOf = (account: string) => (one: { readonly channel_account: string }) =>
    one.channel_account === account;
  return new Map(
    accounts.map(({ channel_account: id }) => {
      const circuit = circuits.find(isOf(id)) ?? untouchedKept;
      const pause = pauses.find(isOf(id)) ?? null;
      const own = buckets.filter(isOf(id));
      return [id, { circuit, pause, buckets: own, figures: figuresOf(own) }];
    }),
  );
}

/**
 * Has a board tell and hear once a second, until it is stopped; then it tells for the last time.
 *
 * @param failed hears of the first of several exchanges that failed one after the other
 */
export function keepHealth(
  board: HealthBoard,
  failed: (error: unknown) => void,
): { readonly stop: () => Promise<void> } {
  let isWell = true;
  let isStopped = false as boolean;
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const once = async (): Promise<void> => {
    try {
      await board.exchange();
      isWell = true;
    } catch (error) {
      if (isWell) failed(error);
      isWell = false;
    }
  };
  const keep = async (): Promise<void> => {
    while (!isStopped) {
      await once();
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, everyMs).unref())]);
    }
    await once();
  };
  const ended = keep();
  return {
    stop: () => {
      isStopped = true;
      stop();
      return ended;
    },
  };
}
