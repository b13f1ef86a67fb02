import { type Attack, type Scene, sideBySide } from '../attack.ts';
import { say } from '../socket.ts';

const chunked = 'Transfer-Encoding: chunked';
const hidden = 'GET /v1/payments?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n';

/** Lines of a POST, and what follows its empty line: framing that two parsers may read in two ways. */
const framings: readonly (readonly [name: string, lines: readonly string[], rest: string])[] = [
  ['CL and TE', ['Content-Length: 5', chunked], `0\r\n\r\n${hidden}`],
  ['TE and CL', [chunked, 'Content-Length: 3'], `5\r\nhello\r\n0\r\n\r\n${hidden}`],
  ['two CL', ['Content-Length: 2', 'Content-Length: 5'], `{}${hidden}`],
  ['two equal CL', ['Content-Length: 2', 'Content-Length: 2'], '{}'],
  ['a list of CL', ['Content-Length: 2, 2'], '{}'],
  ['negative CL', ['Content-Length: -2'], '{}'],
  ['CL with a plus', ['Content-Length: +2'], '{}'],
  ['hexadecimal CL', ['Content-Length: 0x2'], '{}'],
  ['CL beyond 2^64', ['Content-Length: 99999999999999999999999'], '{}'],
  ['CL with a blank inside', ['Content-Length: 1 0'], '0123456789'],
  ['empty CL', ['Content-Length: '], '{}'],
  ['blank before the colon of TE', ['Transfer-Encoding : chunked'], `0\r\n\r\n${hidden}`],
  ['blank before the colon of CL', ['Content-Length : 2'], '{}'],
  ['TE that is no coding', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${hidden}`],
  ['TE in quotes', ['Transfer-Encoding: "chunked"'], `0\r\n\r\n${hidden}`],
  ['chunked not last', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${hidden}`],
  ['chunked, then another', [chunked, 'Transfer-Encoding: cow'], `0\r\n\r\n${hidden}`],
  ['TE folded', ['Transfer-Encoding:\r\n chunked'], `0\r\n\r\n${hidden}`],
  ['TE after a vertical tab', ['Transfer-Encoding:\x0bchunked'], `0\r\n\r\n${hidden}`],
  ['TE behind a bare CR', ['X-A: b\rTransfer-Encoding: chunked'], `0\r\n\r\n${hidden}`],
  ['bare CR', ['X-A: b\rX-C: d'], ''],
  ['bare LF', ['X-A: b\nX-C: d'], ''],
  ['folded line', ['X-A: b\r\n c'], ''],
  ['folded line with a tab', ['X-A: b\r\n\tc'], ''],
  ['blank before a name', [' X-A: b'], ''],
  ['NUL in a value', ['X-A: b\0c'], ''],
  ['NUL in a name', ['X\0A: b'], ''],
  ['a line without a colon', ['X-A'], ''],
  ['an empty name', [': b'], ''],
  ['two Host', ['Host: other'], ''],
  ['chunk size 0x2', [chunked], '0x2\r\n{}\r\n0\r\n\r\n'],
  ['negative chunk size', [chunked], '-2\r\n{}\r\n0\r\n\r\n'],
  ['chunk size beyond 2^64', [chunked], 'fffffffffffffffff2\r\n{}\r\n0\r\n\r\n'],
  ['chunk without its CRLF', [chunked], '2\r\n{}0\r\n\r\n'],
  ['chunks by bare LF', [chunked], '2\n{}\n0\n\n'],
  ['chunk longer than it says', [chunked], `2\r\n{}xx\r\n0\r\n\r\n${hidden}`],
  ['endless chunk extension', [chunked], `2;${'a'.repeat(40_000)}\r\n{}\r\n0\r\n\r\n`],
  ['CL shorter than the body', ['Content-Length: 2'], '{}garbage that is no request\r\n\r\n'],
];

/** Whole requests that are none. */
const requests: readonly (readonly [name: string, text: string])[] = [
  ['no Host', 'GET /livez HTTP/1.1\r\n\r\n'],
  ['bare LF throughout', 'GET /livez HTTP/1.1\nHost: x\n\n'],
  ['HTTP/1.2', 'GET /livez HTTP/1.2\r\nHost: x\r\n\r\n'],
  ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a method that is none', 'PWN /livez HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a method in lower case', 'get /livez HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a blank in the target', 'GET /livez x HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['bytes of no charset in the target', 'GET /v1/payments/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['nothing but line ends, then noise', '\r\n\r\n\r\n\x00\x01\x02\x03'],
];

/** Framing of which a proxy may think otherwise: 400, the connection ends, and nothing hidden is answered. */
export const smuggling: Attack = {
  name: 'smuggling',
  run: async ({ stage, findings }: Scene) => {
    const framed = framings.map(([name, lines, rest]) => {
      const head = ['POST /v1/payments HTTP/1.1', 'Host: x', `Authorization: Bearer ${stage.shop.key}`, 'Content-Type: application/json'];
      return [name, [...head, ...lines, '', rest].join('\r\n')] as const;
    });
    const all = [...framed, ...requests];
    await sideBySide(all, 8, async ([name, text]) => {
      stage.wire.requests += 1;
      const { statuses, closed } = await say(stage.wire.port, Buffer.from(text, 'latin1'), 8_000);
      const last = statuses.at(-1);
      const isRefused = last === 400 || (name.startsWith('endless') && last === 413);
      const isAlone = statuses.length === 1 || name.startsWith('CL shorter');
      findings.expect(isRefused && isAlone && closed, 'ambiguous framing is 400 and the end of the connection', () => `${name}: ${statuses.join(', ')}, ${closed ? 'closed' : 'left open'}`);
    });
    return { requests: all.length };
  },
}; // prettier-ignore
