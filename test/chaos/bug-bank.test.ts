import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bugNames } from '../../chaos/bug-bank.ts';
import { faultPlaces } from '../../chaos/fault-place.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every source file of the product, as one text. */
function source(folder = join(root, 'src')): string {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.map((one) => (one.isDirectory() ? source(join(folder, one.name)) : readFileSync(join(folder, one.name), 'utf8'))).join('\n'); // prettier-ignore
}

describe('the bug bank', () => {
  test('holds the sixteen bugs of the fault list, and those of later', () => {
    expect(bugNames().length).toBeGreaterThan(16);
  });

  test.each(bugNames())('%s can still be planted', (name) => {
    const patch = join(root, 'chaos/bugs', `${name}.patch`);
    const { status, stderr } = spawnSync('git', ['apply', '--check', '-C1', '--recount', patch], { cwd: root, encoding: 'utf8' }); // prettier-ignore
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });
});

test('F22: every place of the sweep is a fault point of the product', () => {
  const named = [...source().matchAll(/faultPoint\(['`]([^'`]+)['`]\)/g)].map(([, name]) => name!);
  const patterns = named.map((name) => new RegExp(`^${name.split(/\$\{[^}]+\}/).map((text) => text.replaceAll('.', '\\.')).join('\\w+(\\.\\w+)?')}$`)); // prettier-ignore
  expect(patterns.length).toBeGreaterThan(15);
  const lost = faultPlaces.filter(({ point }) => !patterns.some((one) => one.test(point)));
  expect(lost).toEqual([]);
});
