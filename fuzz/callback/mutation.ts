import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { Chance } from '../chance.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** JSON in place of what stood there, as raw text: most of it no serializer would write. */
const values: readonly string[] = [
  'null', 'true', 'false', '-1', '0', '-0', '1', '0.1', '1e3', '1e400', '-1e400', '1e-400', '9007199254740993', '-9007199254740993',
  `1${'0'.repeat(400)}`, '253402300800', '""', '" "', '"0"', '"1999"', '"NaN"', '"CNY"', '"usd"', '"USD"', '"EUR"', '"SUCCESS"', '"succeeded"', '"canceled"',
  '"requires_capture"', '"processing"', '"manual"', '"failed"', '"REFUND"', '"CLOSED"', '"NOTPAY"', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '"\\u2028\\u001b[31m\\r\\nlevel"',
  '"__proto__"', '"constructor"', '"../../x"', `"' or 1=1 --"`, '"att_00000000000000000000000000"', '"ref_00000000000000000000000000"', '"2026-13-45T99:99:99Z"', '"+275760-09-13T00:00:00Z"',
  '{}', '[]', '[null]', '[[]]', '{"":""}', '{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"toString":1}', '{"length":-1}',
  JSON.stringify(randomBytes(4_000).toString('base64')), // no index takes it, however it is packed
  `"${'x'.repeat(3_000)}"`, `"${'é'.repeat(3_000)}"`, `"${'9'.repeat(5_000)}"`,
]; // prettier-ignore

/** Rarely: each takes a few milliseconds to send. */
const heavy: readonly string[] = [
  nested(10_000),
  `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  `[${'0,'.repeat(99_999)}0]`,
  `{${Array.from({ length: 20_000 }, (_, index) => `"${index}":0`).join(',')}}`,
  `"${'x'.repeat(150_000)}"`,
  `"${'4 '.repeat(70_000)}"`,
  `"${'\\\\"'.repeat(40_000)}"`,
];

type Node = Record<string, unknown> | unknown[];

/** The tree as text, changed in two to four places: other values, a member gone, twice, or one that nobody knows. */
export function mutated(tree: object, chance: Chance): string {
  const copy = JSON.parse(JSON.stringify(tree)) as Node;
  const raw: string[] = [];
  for (let i = 2 + chance.below(3); i > 0; i -= 1) change(copy, chance, raw);
  return JSON.stringify(copy).replaceAll(
    /"@raw(\d+)@"/g,
    (_, index: string) => raw[Number(index)] ?? '',
  );
}

function change(tree: Node, chance: Chance, raw: string[]): void {
  const places = placesOf(tree);
  if (places.length === 0) return;
  const [node, key] = chance.pick(places);
  const held = node as Record<string, unknown>;
  const value = chance.below(30) === 0 ? chance.pick(heavy) : chance.pick(values);
  const put = (text: string) => `@raw${raw.push(text) - 1}@`;
  const way = chance.below(10);
  if (way < 6) held[key] = put(value);
  else if (way < 7) Reflect.deleteProperty(held, key);
  else if (way < 8 && !Array.isArray(node)) {
    const twice = [JSON.stringify(held[key]), value];
    if (chance.below(2) === 0) twice.reverse();
    held[key] = put(`${twice[0] ?? ''},${JSON.stringify(key)}:${twice[1] ?? ''}`);
  } else if (way < 9) held[chance.pick(['__proto__x', 'account', 'extra', '0'])] = put(value);
  else held[key] = put(`[${JSON.stringify(held[key])}]`);
}

/** Every member of every object and array of the tree. */
function placesOf(node: Node): [Node, string][] {
  return Object.entries(node).flatMap(([key, value]): [Node, string][] => [
    [node, key],
    ...(typeof value === 'object' && value !== null ? placesOf(value as Node) : []),
  ]);
}

/** The bytes with one to four accidents. */
export function damaged(bytes: Buffer, chance: Chance): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let i = 1 + chance.below(4); i > 0; i -= 1) result = damage(result, chance);
  return result;
}

const tokens = ['"', '\\', '{', '}', '[', ']', ',', ':', '\0', '\r\n', '\xff', '\xed\xa0\x80', '\ufeff', '1e9', 'null', '/*', '<!DOCTYPE a [<!ENTITY b "c">]>']; // prettier-ignore

function damage(bytes: Buffer, chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const before = bytes.subarray(0, at);
  switch (chance.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << chance.below(8)), at);
      return flipped;
    }
    case 1:
      return Buffer.concat([before, Buffer.from(chance.pick(tokens), 'latin1'), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([before, bytes.subarray(at + 1 + chance.below(8))]);
    case 3:
      return before;
    case 4:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default:
      return Buffer.concat([before, chance.bytes(1 + chance.below(16)), bytes.subarray(at)]);
  }
} // prettier-ignore

export interface Encoded {
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const bomb = gzipSync(Buffer.alloc(50_000_000, ' '), { level: 9 }); // 1:1000

const encodings: readonly ((body: Buffer) => Encoded)[] = [
  (body) => ({ body: Buffer.concat([Buffer.from('\ufeff'), body]) }),
  (body) => ({ body: Buffer.from(body.toString('utf8'), 'utf16le') }),
  (body) => ({ body: Buffer.from(body.toString('utf8'), 'utf16le').swap16() }),
  (body) => ({ body: Buffer.concat([body, Buffer.from([0xff, 0xfe, 0xc0, 0xaf])]) }),
  (body) => ({ body: gzipSync(body), headers: { 'Content-Encoding': 'gzip' } }),
  (body) => ({ body: gzipSync(gzipSync(body)), headers: { 'Content-Encoding': 'gzip, gzip' } }),
  () => ({ body: bomb, headers: { 'Content-Encoding': 'gzip' } }),
  (body) => ({ body: Buffer.from(`data=${encodeURIComponent(body.toString('utf8'))}`), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
  () => ({ body: Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><xml>&b;&c;</xml>'), headers: { 'Content-Type': 'text/xml' } }),
  () => ({ body: Buffer.alloc(0) }),
  (body) => ({ body: Buffer.concat([body, body]) }),
  (body) => ({ body: Buffer.concat([body, Buffer.alloc(200_000, ' ')]) }),
  (body) => ({ body: Buffer.concat([body, Buffer.alloc(300_000, ' ')]) }),
  (body) => ({ body: Buffer.concat([Buffer.alloc(1_000, '\n'), body]) }),
]; // prettier-ignore

/** The same text as other bytes, or other bytes altogether. */
export function encoded(body: Buffer, chance: Chance): Encoded {
  return chance.pick(encodings)(body);
}
