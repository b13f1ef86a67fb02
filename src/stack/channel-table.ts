import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { capabilityTable } from '../channels/capability.ts';
import { allChannels } from '../channels/registry.ts';
import { runCommand } from './failure.ts';

const usage = `usage: npm run channel:table

Writes the capability table into docs/channels.md anew.
`;

const page = fileURLToPath(new URL('../../docs/channels.md', import.meta.url));
const marks = /(?<=<!-- generated -->\n)[^]*(?=\n<!-- end -->)/;

async function writeTable(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) process.stdout.write(usage);
  else
    await writeFile(
      page,
      (await readFile(page, 'utf8')).replace(marks, capabilityTable(allChannels())),
    );
  return 0;
}

await runCommand(writeTable);
