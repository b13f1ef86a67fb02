import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { capabilityTable } from '../channels/capability.ts';
import { allChannels } from '../channels/registry.ts';

const page = fileURLToPath(new URL('../../docs/channels.md', import.meta.url));
const marks = /(?<=<!-- generated -->\n)[^]*(?=\n<!-- end -->)/;

/** `npm run channel:table`: writes the capability table into docs/channels.md anew. */
writeFileSync(page, readFileSync(page, 'utf8').replace(marks, capabilityTable(allChannels())));
