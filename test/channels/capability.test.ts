import { readFileSync } from 'node:fs';

import { capabilityTable } from '../../src/channels/capability.ts';
import { allChannels, channelFor } from '../../src/channels/registry.ts';

test('docs/channels.md says what the channels say of themselves', () => {
  const page = readFileSync(new URL('../../docs/channels.md', import.meta.url), 'utf8');
  expect(page).toContain(`<!-- generated -->\n${capabilityTable(allChannels())}\n<!-- end -->`);
});

test('each channel has its row, and another fact another cell', () => {
  const stripe = channelFor('stripe')!;
  const [, , row] = capabilityTable([stripe]).split('\n');
  expect(row).toMatch(
    /^\| `stripe` \| `card`, .*, `ideal` \(EUR\), .* \| .*\bUSD\b.* \| several captures, can be raised \| 100 per payment \| `card`, also without a payment \| for 24 h \|/,
  );
  const other = { ...stripe, facts: { ...stripe.facts, captures: 'once', refund_spacing_ms: 60_000 } } as const; // prettier-ignore
  expect(capabilityTable([other])).toMatch(
    /\| one capture, can be raised \| 100 per payment, 60 s apart \|/,
  );
});
