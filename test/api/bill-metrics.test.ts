import { Registry } from 'prom-client';

import { watchBills } from '../../src/api/bill-metrics.ts';
import type { FindingCount } from '../../src/store/bill-finding.ts';

test('what of the bills is work for a person is told by account and kind, and nothing while it cannot be counted', async () => {
  const registry = new Registry();
  const unheard: FindingCount = { channel: 'adyen', channel_account: 'cha_1', finding: 'unheard', count: 2 }; // prettier-ignore
  const counts = [() => [unheard], () => [], () => Promise.reject(new Error('away'))];
  watchBills(registry, async () => counts.shift()!());
  const told = async () => (await registry.metrics()).split('\n').filter((line) => line.startsWith('holdfast'));
  expect(await told()).toEqual(['holdfast_bill_findings{channel="adyen",channel_account="cha_1",finding="unheard"} 2']);
  expect([await told(), await told()]).toEqual([[], []]);
}); // prettier-ignore
