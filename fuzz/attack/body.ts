import { gzipSync } from 'node:zlib';

import { codeOf } from '../answer.ts';
import type { Attack, Scene } from '../attack.ts';
import { heard, open, say } from '../socket.ts';

const limit = 64 * 1024;
const good = '"order_no":"A","amount":1,"currency":"CNY"';
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const padded = (bytes: number) => `{${good},"description":"`.padEnd(bytes - 2, 'x') + '"}';

/** Bodies of `POST /v1/payments`, and the code that refuses them. */
const refused: readonly (readonly [name: string, body: string | Buffer, code: string, type?: string])[] = [
  ['64 KiB', padded(limit), 'invalid_field'],
  ['64 KiB and a byte', padded(limit + 1), 'body_too_large'],
  ['a megabyte', padded(1_000_000), 'body_too_large'],
  ['100,000 keys', `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}`, 'body_too_large'],
  ['as many keys as fit', `{${good},${Array.from({ length: 7_000 }, (_, i) => `"${i}":1`).join(',')}}`, 'unknown_field'],
  ['as many metadata as fit', `{${good},"metadata":{${Array.from({ length: 5_000 }, (_, i) => `"${i}":""`).join(',')}}}`, 'invalid_field'],
  ['a key twice', `{${good},"amount":100}`, 'malformed_json'],
  ['a key twice, once escaped', `{${good},"\\u0061mount":100}`, 'malformed_json'],
  ['a key twice, deep', `{${good},"metadata":{"a":"1","a":"2"}}`, 'malformed_json'],
  ['__proto__', `{${good},"__proto__":{"polluted":1}}`, 'unknown_field'],
  ['__proto__, escaped', `{${good},"\\u005f_proto__":{"polluted":1}}`, 'unknown_field'],
  ['constructor', `{${good},"constructor":{"prototype":{"polluted":1}}}`, 'unknown_field'],
  ['prototype', `{${good},"prototype":{"polluted":1}}`, 'unknown_field'],
  ['__proto__ as a method', `{${good},"method":{"type":"card","__proto__":{"token":"tok_ok"}}}`, 'unknown_field'],
  ['mass assignment', `{${good},"status":"succeeded","paid":true,"merchant_id":"mer_x","fee":0,"livemode":true}`, 'unknown_field'],
  ['21 levels', `{"a":${nested(20)}}`, 'malformed_json'],
  ['10,000 levels', `{"a":${nested(10_000)}}`, 'malformed_json'],
  ['30,000 open brackets', '['.repeat(30_000), 'malformed_json'],
  ['30,000 open braces', '{"":'.repeat(16_000), 'malformed_json'],
  ['an array', `[{${good}}]`, 'malformed_json'],
  ['null', 'null', 'malformed_json'],
  ['two objects', `{${good}}{${good}}`, 'malformed_json'],
  ['a trailing comma', `{${good},}`, 'malformed_json'],
  ['a comment', `{${good}/* */}`, 'malformed_json'],
  ['single quotes', `{'amount':1}`, 'malformed_json'],
  ['NaN', '{"amount":NaN}', 'malformed_json'],
  ['Infinity', '{"amount":-Infinity}', 'malformed_json'],
  ['hexadecimal', '{"amount":0x10}', 'malformed_json'],
  ['a leading zero', '{"amount":010}', 'malformed_json'],
  ['an exponent', '{"order_no":"A","amount":1e3,"currency":"CNY"}', 'invalid_field'],
  ['a fraction', '{"order_no":"A","amount":1.0,"currency":"CNY"}', 'invalid_field'],
  ['10^400', `{"order_no":"A","amount":1${'0'.repeat(400)},"currency":"CNY"}`, 'invalid_field'],
  ['2^53', '{"order_no":"A","amount":9007199254740992,"currency":"CNY"}', 'invalid_field'],
  ['a number as text', '{"order_no":"A","amount":"1","currency":"CNY"}', 'invalid_field'],
  ['full-width digits', '{"order_no":"A","amount":１,"currency":"CNY"}', 'malformed_json'],
  ['a raw control character', `{${good},"description":"\x01"}`, 'malformed_json'],
  ['a raw NUL', `{${good},"description":"\0"}`, 'malformed_json'],
  ['an escaped NUL', `{${good},"description":"\\u0000"}`, 'invalid_field'],
  ['half a surrogate pair', `{${good},"description":"\\ud800"}`, 'invalid_field'],
  ['a byte order mark', `\ufeff{${good}}`, 'malformed_json'],
  ['UTF-16', Buffer.from(`{${good}}`, 'utf16le'), 'malformed_json'],
  ['Latin-1', Buffer.from(`{${good},"description":"é"}`, 'latin1'), 'malformed_json'],
  ['overlong UTF-8', Buffer.from(`{${good},"description":"\xc0\xaf"}`, 'latin1'), 'malformed_json'],
  ['64 KiB of open quotes', '{"a":'.padEnd(limit, '"'), 'malformed_json'],
  ['64 KiB of commas', '{"a":'.padEnd(limit, ','), 'malformed_json'],
  ['64 KiB of backslashes', '{"a":"'.padEnd(limit, '\\'), 'malformed_json'],
  ['64 KiB of digits and dashes', `{${good},"description":"`.padEnd(limit - 2, '1-') + '"}', 'invalid_field'],
  ['64 KiB of digits and blanks', `{${good},"description":"`.padEnd(limit - 2, '4 ') + '"}', 'invalid_field'],
  ['a number of 64 KiB', `{${good},"x":`.padEnd(limit - 1, '9') + '}', 'invalid_field'],
  ['64 KiB of blanks', ' '.repeat(limit), 'malformed_json'],
  ['plain text', `{${good}}`, 'unsupported_media_type', 'text/plain'],
  ['a form', 'order_no=A&amount=1', 'unsupported_media_type', 'application/x-www-form-urlencoded'],
  ['a multipart', '--x\r\n\r\n--x--', 'unsupported_media_type', 'multipart/form-data; boundary=x'],
  ['XML with an entity', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'unsupported_media_type', 'application/xml'],
  ['another JSON', `{${good}}`, 'unsupported_media_type', 'application/jsonx'],
  ['no type', `{${good}}`, 'unsupported_media_type', ''],
  ['a type in the wrong place', `{${good}}`, 'unsupported_media_type', 'text/plain; application/json'],
]; // prettier-ignore

/** A body of 64 KiB takes some milliseconds; what grows with its square takes seconds, and a loaded machine one. */
const slowMs = 1_500;

/** What a body may be: nothing else gets past the door, and nothing takes long. */
export const body: Attack = {
  name: 'body',
  run: async ({ stage, findings }: Scene) => {
    for (const [name, content, code, type = 'application/json'] of refused) {
      const { status, text, ms } = await stage.shop.post('/v1/payments', content, { 'Content-Type': type });
      findings.expect(codeOf(text) === code, `this body is refused with ${code}`, () => `${name}: ${status} ${text.slice(0, 200)}`);
      findings.expect(ms < slowMs, 'no body takes long', () => `${name}: ${Math.round(ms)} ms`);
    }
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '), { level: 9 });
    for (const coding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'x']) {
      const { status } = await stage.shop.post('/v1/payments', bomb, { 'Content-Encoding': coding });
      findings.expect([400, 413, 415].includes(status), 'nothing is unpacked', () => `${coding}: ${status}`);
    }
    await unpolluted(stage, findings);
    const heardMb = await endless(stage, findings);
    await liars(stage, findings);
    return { bodies: refused.length + 5, heard_mb_of_1000: heardMb };
  },
}; // prettier-ignore

/** An object that is made afterwards has no member that a body named. */
async function unpolluted({ shop }: Scene['stage'], findings: Scene['findings']): Promise<void> {
  const payment = await shop.create({ metadata: { constructor: 'a', prototype: 'b' } });
  const { text } = await shop.get(`/v1/payments/${payment.id}`);
  findings.expect(!text.includes('polluted'), 'no prototype is polluted', () => text);
  findings.expect(text.includes('"prototype":"b"'), 'metadata come back as given', () => text);
}

/** A gigabyte in chunks, cut early: what is heard stays within 16 MiB and what the sockets hold. */
async function endless({ wire, shop }: Scene['stage'], findings: Scene['findings']): Promise<number> {
  wire.requests += 1;
  const socket = open(wire.port);
  const head = ['POST /v1/payments HTTP/1.1', 'Host: x', `Authorization: Bearer ${shop.key}`, 'Content-Type: application/json', 'Idempotency-Key: endless', 'Transfer-Encoding: chunked', '', ''];
  socket.write(head.join('\r\n'));
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  let sent = 0;
  const pump = (): void => {
    while (sent < 1_000_000_000 && !socket.destroyed) {
      sent += chunk.length;
      if (!socket.write(chunk)) return void socket.once('drain', pump);
    }
  };
  pump();
  const { statuses, closed } = await heard(socket, 30_000);
  const mb = Math.round(sent / 1e6);
  findings.expect(closed && (statuses[0] ?? 413) === 413, 'an endless body is 413 and the end', () => `${statuses.join()} after ${mb} MB, ${closed ? 'closed' : 'open'}`);
  findings.expect(mb < 100, 'an endless body is not heard to the end', () => `${mb} MB`);
  return mb;
} // prettier-ignore

/** A length that is not the truth: the rest never comes, or the caller leaves. */
async function liars({ wire, shop }: Scene['stage'], findings: Scene['findings']): Promise<void> {
  const head = `POST /v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${shop.key}\r\nContent-Type: application/json\r\nIdempotency-Key: liar\r\n`;
  wire.requests += 2;
  const socket = open(wire.port);
  socket.end(`${head}Content-Length: 1000\r\n\r\n{}`);
  const left = await heard(socket, 20_000);
  findings.expect(left.closed && !left.text.includes(' 500 '), 'a caller who leaves early ends his connection only', () => left.text);
  const short = await say(wire.port, `${head}Content-Length: 1\r\n\r\n{}`, 20_000);
  findings.expect(short.statuses.every((status) => status === 400) && short.closed, 'more than the length says is 400 and the end', () => short.text);
} // prettier-ignore
