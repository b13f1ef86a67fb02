import { type Attack, type Scene, sideBySide } from '../attack.ts';
import { say } from '../socket.ts';

/** Request targets, and what may be answered to them. */
const targets: readonly (readonly [target: string, statuses: readonly number[]])[] = [
  ['/livez', [200]],
  ['http://evil.example/livez', [200]],
  ['http://evil.example:99999/livez', [400]],
  ['http://evil.example:99999/v1/payments', [400]],
  ['http://[/v1/payments', [400]],
  ['http://a:b:c/v1/payments', [400]],
  ['http:///v1/payments', [200, 400, 404]],
  ['https://user:secret@evil.example/v1/payments?limit=1', [200]],
  ['http://evil.example', [404]],
  ['file:///etc/passwd', [400, 404]],
  ['gopher://x/v1/payments', [400]],
  ['javascript:alert(1)', [400, 404]],
  ['*', [400, 404]],
  ['//evil.example/v1/payments', [404]],
  ['//[/v1/payments', [400, 404]],
  ['//evil:99999/v1/payments', [400, 404]],
  ['///v1/payments', [404]],
  ['/v1//payments', [404]],
  ['/v1/./payments', [404]],
  ['/v1/payments/', [404]],
  ['/V1/payments', [404]],
  ['/v1/x/../payments', [404]],
  ['/v1/payments/..%2f..%2fetc%2fpasswd', [404]],
  ['/docs/assets/..%2f..%2fpackage.json', [404]],
  ['/docs/assets/%2e%2e%2f%2e%2e%2fpackage.json', [404]],
  ['/docs/assets/swagger-ui-bundle.js%00.css', [404]],
  ['/docs/errors/__proto__', [404]],
  ['/docs/errors/constructor', [404]],
  ['/docs/errors/%3Cscript%3E', [404]],
  ['/v1/payments/%', [400, 404]],
  ['/v1/payments/%zz', [400, 404]],
  ['/v1/payments/%00', [404]],
  ['/v1/payments/%ff%fe', [400, 404]],
  ['/v1/payments/%c0%ae%c0%ae', [400, 404]],
  ['/v1/payments/%F0%9F%92%A9', [404]],
  ['/v1/payments/__proto__', [404]],
  [`/v1/payments/${'a'.repeat(7_000)}`, [404, 414]],
  ['/v1/payments?%', [400]],
  ['/v1/payments?%ff', [400]],
  ['/v1/payments?__proto__=1', [400]],
  ['/v1/payments?constructor=1', [400]],
  ['/v1/payments?limit=1&limit=2', [400]],
  ['/v1/payments?limit[]=1', [400]],
  ['/v1/payments?limit[$gt]=1', [400]],
  ['/v1/payments?limit=1%00', [400]],
  ['/v1/payments?limit=1e1', [400]],
  ['/v1/payments?limit=%EF%BC%91', [400]],
  ['/v1/payments?order_no=%00', [400]],
  ['/v1/payments?starting_after=%00', [400]],
  ['/v1/payments?created_after=6003-03-12T11:10:47%2B21:19', [200, 400]],
  ['/v1/payments?created_after=0000-01-01T00:00:00Z', [200, 400]],
  ['/v1/payments?created_before=9999-12-31T23:59:59.999999999Z', [200, 400]],
  ['/v1/payments?created_after=2026-02-30T00:00:00Z', [400]],
  [`/v1/payments?${'a&'.repeat(3_000)}`, [400, 414]],
  [`/v1/payments?${Array.from({ length: 700 }, (_, i) => `k${i}=1`).join('&')}`, [400, 414]],
];

const methods: readonly (readonly [line: string, header: string, statuses: readonly number[]])[] = [
  ['TRACE /livez', 'X-A: b', [405]],
  ['TRACE /v1/payments', 'X-A: b', [405]],
  ['CONNECT evil.example:443', 'X-A: b', []],
  ['PUT /v1/payments', 'Content-Length: 0', [405]],
  ['PATCH /v1/payments', 'Content-Length: 0', [405]],
  ['PROPFIND /v1/payments', 'X-A: b', [405]],
  ['GET /livez', 'Upgrade: websocket\r\nConnection: Upgrade', [200]],
  ['GET /livez', 'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk', [200]],
  ['GET /livez', 'Connection: Authorization, Host', [200]],
  ['GET /v1/payments/pay_x', 'X-HTTP-Method-Override: DELETE', [404]],
  ['POST /v1/payments?_method=GET', 'X-HTTP-Method: GET\r\nX-Method-Override: GET\r\nContent-Length: 0', [400]],
  ['GET /v1/payments', 'X-Original-URL: /livez\r\nX-Rewrite-URL: /livez', [200]],
  ['GET /livez', `X-A: ${'a'.repeat(9_000)}`, [431]],
  ['GET /livez', Array.from({ length: 1_900 }, (_, i) => `A${i}: b`).join('\r\n'), [431]],
]; // prettier-ignore

/** Odd targets, methods and headers: never a 5xx, never another route than the path says. */
export const target: Attack = {
  name: 'target',
  run: async ({ stage, findings }: Scene) => {
    const lines = [
      ...targets.map(([one, allowed]) => [`GET ${one}`, 'X-A: b', allowed] as const),
      ...methods,
    ];
    await sideBySide(lines, 8, async ([line, header, allowed]) => {
      stage.wire.requests += 1;
      const text = `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stage.shop.key}\r\n${header}\r\nConnection: close\r\n\r\n`;
      const said = await say(stage.wire.port, text, 8_000);
      const [status] = said.statuses;
      const isAllowed = status === undefined ? allowed.length === 0 : allowed.includes(status);
      findings.expect(isAllowed && said.statuses.length <= 1, 'an odd request is answered as its path and method say', () => `${line.slice(0, 100)} ${header.slice(0, 60)}: ${said.statuses.join(', ') || 'nothing'}, not ${allowed.join(' or ')}`);
      findings.expect(!/evil\.example/.test(said.text.replaceAll(/"detail":"[^"]*"/g, '')), 'no answer links to a host that the request names', () => said.text.slice(-300));
      findings.expect(!said.text.includes('root:'), 'no file is read', () => line);
    });
    return { requests: lines.length };
  },
}; // prettier-ignore
