import { Gauge, type Registry } from 'prom-client';

import type { FindingCount } from '../store/bill-finding.ts';
import { logger } from '../telemetry.ts';

/**
 * What of the channels' bills is work for a person, in Prometheus' form: every API process says the same.
 *
 * @param count asked at each scrape; while it cannot answer the series are left out, and the other metrics are told
 */
export function watchBills(
  registry: Registry,
  count: () => Promise<readonly FindingCount[]>,
): void {
  new Gauge({
    name: 'holdfast_bill_findings',
    help: 'Rows of channels’ bills that are not what we have, and that nobody has settled',
    labelNames: ['channel', 'channel_account', 'finding'],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const { count: value, ...labels } of await count()) this.set(labels, value);
      } catch (error) {
        logger.warn({ err: error }, 'the findings of bills could not be counted');
      }
    },
  });
}
