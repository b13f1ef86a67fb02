import { type Distribution, distribution, median, round } from './distribution.ts';
import type { Kept } from './history.ts';
import type { Sample } from './load.ts';
import type { Turn } from './measure.ts';
import type { Method } from './side.ts';

/** Everything that was measured. */
export interface Measured {
  readonly engine: string;
  readonly inFlight: number;
  readonly methods: readonly Method[];
  readonly turns: readonly Turn[];
  /** One at a time, both sides alternately. */
  readonly alone: { readonly product: readonly Sample[]; readonly bare: readonly Sample[] };
  readonly histories: ReadonlyMap<string, Kept>;
  readonly webhooksAgain: number;
}

/** The figures of `--json`: those of issue 4, and by method what the aims name for QR alone. */
export function report(measured: Measured) {
  const { methods, turns, alone, histories } = measured;
  const product = turns.filter((one) => one.side === 'product');
  const bare = turns.filter((one) => one.side === 'bare');
  const [ours, theirs] = [samplesOf(product), samplesOf(bare)];
  const [ourCreate, theirCreate] = [distribution(ours.map(createMs)), distribution(theirs.map(createMs))];
  const [cpu, bareCpu] = [cpuPerPayment(product), cpuPerPayment(bare)];
  const kept = keptOf(histories, ours);
  const ratios = product.map((one, i) => rate(one) / rate(bare[i]));
  return {
    engine: measured.engine,
    in_flight: measured.inFlight,
    payments: ours.length,
    rounds: product.length,
    others_cores: round(median(turns.map((one) => one.others_cores))),
    payments_per_second: round(median(product.map(rate))),
    create_ms: ourCreate,
    complete_ms: distribution(ours.map(completeMs)),
    cpu_ms_per_payment: cpu,
    history_events_per_payment: kept.events,
    db_write_transactions_per_payment: perPayment(product, ({ transactions }) => transactions),
    bytes_per_payment: {
      postgres: perPayment(product, ({ bytes }) => bytes),
      postgres_wal: perPayment(product, ({ wal_bytes }) => wal_bytes),
      temporal: kept.bytes,
    },
    by_method: Object.fromEntries(methods.map((method) => [method, ofMethod(ours, histories, method)])),
    webhooks_more_than_once: measured.webhooksAgain,
    bare: {
      workflows_per_second: round(median(bare.map(rate))),
      create_ms: theirCreate,
      complete_ms: distribution(theirs.map(completeMs)),
      cpu_ms: total(bareCpu),
      cpu_ms_by: bareCpu,
      history_events: keptOf(histories, theirs).events,
      history_bytes: keptOf(histories, theirs).bytes,
      by_method: Object.fromEntries(methods.map((method) => [method, ofMethod(theirs, histories, method)])),
    },
    one_at_a_time: Object.fromEntries(methods.map((method) => [method, added(alone, method)])),
    ratio: {
      rate: round(median(ratios)),
      create_p50: round(ourCreate.p50 / theirCreate.p50),
      complete_p50: round(median(ours.map(completeMs)) / median(theirs.map(completeMs))),
      cpu: round(total(cpu) / total(bareCpu)),
    },
  };
} // prettier-ignore

const createMs = (sample: Sample): number => sample.create_ms;
const completeMs = (sample: Sample): number => sample.complete_ms;

function samplesOf(turns: readonly Turn[]): Sample[] {
  return turns.flatMap(({ samples }) => samples);
}

function rate(turn: Turn | undefined): number {
  return turn ? turn.samples.length / turn.seconds : NaN;
}

function perPayment(turns: readonly Turn[], of: (turn: Turn) => number): number {
  return round(median(turns.map((one) => of(one) / one.samples.length)), 1);
}

function cpuPerPayment(turns: readonly Turn[]): Record<string, number> {
  const kinds = Object.keys(turns[0]?.cpu ?? {});
  return Object.fromEntries(kinds.map((kind) => [kind, perPayment(turns, ({ cpu }) => cpu[kind] ?? NaN)]));
} // prettier-ignore

function total(cpu: Readonly<Record<string, number>>): number {
  return round(Object.values(cpu).reduce((sum, ms) => sum + ms, 0), 1);
} // prettier-ignore

function keptOf(histories: Measured['histories'], samples: readonly Sample[]): Kept {
  const kept = samples.flatMap(({ id }) => histories.get(id) ?? []);
  const mean = (of: (one: Kept) => number) => round(kept.reduce((sum, one) => sum + of(one), 0) / kept.length, 1); // prettier-ignore
  return { runs: mean(({ runs }) => runs), events: mean(({ events }) => events), bytes: mean(({ bytes }) => bytes) }; // prettier-ignore
}

function ofMethod(samples: readonly Sample[], histories: Measured['histories'], method: Method) {
  const mine = samples.filter((sample) => sample.method === method);
  const { runs, events, bytes } = keptOf(histories, mine);
  return {
    create_ms: distribution(mine.map(createMs)),
    complete_ms: distribution(mine.map(completeMs)),
    workflow_runs: runs,
    history_events: events,
    history_bytes: bytes,
  };
}

interface Added {
  readonly create_ms: Distribution;
  readonly bare_create_ms: Distribution;
  readonly added_p50_ms: number;
}

function added({ product, bare }: Measured['alone'], method: Method): Added {
  const of = (samples: readonly Sample[]) => distribution(samples.filter((sample) => sample.method === method).map(createMs)); // prettier-ignore
  const [create_ms, bare_create_ms] = [of(product), of(bare)];
  return { create_ms, bare_create_ms, added_p50_ms: round(create_ms.p50 - bare_create_ms.p50, 1) };
}

export type Report = ReturnType<typeof report>;
