import { Gauge, type Registry } from 'prom-client';

import { circuitStates } from '../domain/circuit.ts';
import type { Figures } from '../domain/health.ts';
import { scoreOf } from '../domain/score.ts';
import type { AccountHealth, HealthBoard } from '../store/health-board.ts';

/** A figure of an account in one of its series. Null: there is nothing to tell, and the series ends. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number | null;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly samplesOf: (known: AccountHealth, figures: Figures) => readonly Sample[];
}

const results = ['answered', 'declined', 'unknown', 'never_sent'] as const;

const metrics: readonly Metric[] = [
  {
    name: 'holdfast_channel_circuit',
    help: 'Whether new attempts begin at the account: 0 they do, 1 its circuit is open, 2 it is half open',
    samplesOf: ({ circuit }) => [{ value: circuitStates.indexOf(circuit.state) }],
  },
  {
    name: 'holdfast_channel_paused',
    help: '1: somebody has paused the account',
    samplesOf: ({ pause }) => [{ value: pause ? 1 : 0 }],
  },
  {
    name: 'holdfast_channel_calls',
    help: 'Calls of the last minute by their end',
    labels: ['result'],
    samplesOf: (_, figures) => results.map((result) => ({ labels: { result }, value: figures[result] })),
  },
  {
    name: 'holdfast_channel_success_rate',
    help: 'Share of the creates and confirmations answered in the last minute that were not declined',
    samplesOf: (_, { success_rate }) => [{ value: success_rate }],
  },
  {
    name: 'holdfast_channel_score',
    help: 'How good the account is, from 0 to 100, without the cost, which is of a payment',
    samplesOf: (_, figures) => [{ value: scoreOf(figures, null).total }],
  },
  {
    name: 'holdfast_channel_unknown_rate',
    help: 'Share of the calls of the last minute that had no usable answer',
    samplesOf: (_, { unknown_rate }) => [{ value: unknown_rate }],
  },
  {
    name: 'holdfast_channel_latency_seconds',
    help: 'What the channel took for its calls of the last minute',
    labels: ['quantile'],
    samplesOf: (_, { latency_p50_ms, latency_p99_ms }) => [
      { labels: { quantile: '0.5' }, value: seconds(latency_p50_ms) },
      { labels: { quantile: '0.99' }, value: seconds(latency_p99_ms) },
    ],
  },
  {
    name: 'holdfast_channel_callback_lag_seconds',
    help: 'From a payment at the channel to our acceptance of its callback, median of the last minute',
    samplesOf: (_, { callback_lag_ms }) => [{ value: seconds(callback_lag_ms) }],
  },
]; // prettier-ignore

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}

/** What all processes know of the channel accounts, in Prometheus' form: every API process says the same. */
export function watchChannels(
  registry: Registry,
  health: Pick<HealthBoard, 'of' | 'accounts'>,
): void {
  for (const { name, help, labels = [], samplesOf } of metrics) {
    new Gauge({
      name,
      help,
      labelNames: ['channel', 'channel_account', ...labels],
      registers: [registry],
      collect() {
        this.reset();
        for (const { channel, channel_account } of health.accounts()) {
          const known = health.of(channel_account);
          for (const { labels: own = {}, value } of samplesOf(known, known.figures))
            if (value !== null) this.set({ channel, channel_account, ...own }, value);
        }
      },
    });
  }
}
