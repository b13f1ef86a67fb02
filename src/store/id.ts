import { randomBytes } from 'node:crypto';

import { formatId, type Id, type Prefix } from '../domain/id.ts';

let lastMs = 0;
let drawn = 0;

/**
 * Draws a fresh TypeID over a UUIDv7 (RFC 9562 section 5.7). Within a process ids sort in the order in which
 * they were drawn: the 12 bits after the time count (method 1 of section 6.2), since several are drawn in one transaction.
 */
export function drawId<P extends Prefix>(prefix: P): Id<P> {
  const now = Math.max(Date.now(), lastMs);
  drawn = now === lastMs ? drawn + 1 : 0;
  lastMs = drawn > 0xfff ? now + 1 : now;
  if (drawn > 0xfff) drawn = 0;
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | drawn, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatId(prefix, bytes);
}
