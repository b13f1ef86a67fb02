import { readFileSync } from 'node:fs';

import { conductOf as atAdyen } from '../../src/sandbox/adyen/card.ts';
import { faultRequest } from '../../src/sandbox/fault.ts';
import { conductOf as atStripe } from '../../src/sandbox/stripe/card.ts';

const page = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');
const words = (section: string) => {
  const [, text = ''] = page.split(`## ${section}\n`);
  return [...(text.split('\n## ')[0] ?? '').matchAll(/`([a-z_0-9]+)`/g)].map(([, word]) => word!);
};

test('every card of the page is one that the sandbox knows', () => {
  const tokens = words('Cards').filter((word) => word.startsWith('tok_'));
  expect(tokens.length).toBeGreaterThan(8);
  expect(tokens.filter((token) => !atStripe(token) && !atAdyen(token))).toEqual([]);
});

test('every fault of the page is one that can be armed', () => {
  const { fault } = faultRequest.shape;
  const rows = words('Bad days').filter((word) => word.includes('_'));
  const members = ['delay_ms', 'overlap_s'];
  const named = rows.filter((word) => !members.includes(word));
  expect(named.filter((word) => !fault.safeParse(word).success)).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});
