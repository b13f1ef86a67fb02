import { type NextFunction, type Request, type Response, Router } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

import type { FindingCount } from '../store/bill-finding.ts';
import type { HealthBoard } from '../store/health-board.ts';
import type { CountUnmapped } from '../telemetry.ts';
import { watchBills } from './bill-metrics.ts';
import { watchChannels } from './channel-metrics.ts';
import { handled } from './request.ts';

const unmapped = new Counter({
  name: 'holdfast_unmapped_channel_codes_total',
  help: 'Refusals told by callback with a code that no map of ours has',
  labelNames: ['channel'],
  registers: [],
});

export const countUnmapped: CountUnmapped = (channel) => {
  unmapped.inc({ channel });
};

export interface Metrics {
  /** Times every answer, by the route's template: an id in a label would make a series per payment. */
  readonly observe: (request: Request, response: Response, next: NextFunction) => void;
  /** `GET /metrics` in Prometheus' text form. */
  readonly routes: Router;
}

/** The API process's own figures, and those of the channel accounts and their bills, which all processes share. */
export function createMetrics(
  health: Pick<HealthBoard, 'of' | 'accounts'>,
  countFindings: () => Promise<readonly FindingCount[]>,
): Metrics {
  const registry = new Registry();
  watchChannels(registry, health);
  watchBills(registry, countFindings);
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'holdfast_http_request_seconds',
    help: 'Time to the end of an answer, the wait that the caller asked for included',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  registry.registerMetric(unmapped);
  const routes = Router();
  routes.get(
    '/metrics',
    handled(async (_request, response) => {
      response.type(registry.contentType).send(await registry.metrics());
    }),
  );
  return {
    routes,
    observe: (request, response, next) => {
      const end = seconds.startTimer();
      response.once('close', () => {
        const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
        end({ method: request.method, route, status: response.statusCode });
      });
      next();
    },
  };
}
