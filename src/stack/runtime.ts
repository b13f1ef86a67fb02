import { isIPv6 } from 'node:net';

import { Runtime, type RuntimeOptions } from '@temporalio/worker';

import type { Config } from '../config.ts';
import { type CountUnmapped, logger } from '../telemetry.ts';

/**
 * Temporal's own part of a worker process: it logs by our logger, leaves the signals to us, and serves its metrics at
 * `/metrics` of METRICS_PORT (nothing without it). Once per process. Throws an Error that names METRICS_PORT when
 * one cannot listen there.
 */
export function installRuntime(config: Config): void {
  try {
    Runtime.install({ shutdownSignals: [], logger: temporalLogger(), ...metrics(config) });
  } catch (error) {
    if (config.metricsPort === undefined) throw error;
    const why = error instanceof Error ? error.message : 'nothing listens there';
    throw new Error(`METRICS_PORT: ${config.metricsPort}: ${why}`, { cause: error });
  }
}

/** Counts beside Temporal's own figures. Throws when no runtime is installed. */
export function unmappedCounter(): CountUnmapped {
  const counter = Runtime.instance().metricMeter.createCounter(
    'holdfast_unmapped_channel_codes_total',
    '1',
    'Refusals of calls with a code that no map of ours has',
  );
  return (channel) => {
    counter.add(1, { channel });
  };
}

function metrics({ metricsPort, listenAddress }: Config): RuntimeOptions {
  if (metricsPort === undefined) return {};
  const host = isIPv6(listenAddress) ? `[${listenAddress}]` : listenAddress;
  return {
    telemetryOptions: { metrics: { prometheus: { bindAddress: `${host}:${metricsPort}` } } },
  };
}

function temporalLogger() {
  const say = (
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
    message: string,
    meta?: object,
  ) => {
    logger[level](meta ?? {}, message);
  };
  return {
    log: (level: string, message: string, meta?: object) =>
      say(level.toLowerCase() as 'info', message, meta),
    trace: (message: string, meta?: object) => say('trace', message, meta),
    debug: (message: string, meta?: object) => say('debug', message, meta),
    info: (message: string, meta?: object) => say('info', message, meta),
    warn: (message: string, meta?: object) => say('warn', message, meta),
    error: (message: string, meta?: object) => say('error', message, meta),
  };
}
