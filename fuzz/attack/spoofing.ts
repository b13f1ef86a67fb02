import type { Attack, Scene } from '../attack.ts';

/** Headers by which a caller says that he is somebody or somewhere else. */
const disguises: readonly Readonly<Record<string, string>>[] = [
  { Host: 'evil.example' },
  { Host: 'evil.example:99999' },
  { 'X-Forwarded-For': '203.0.113.7' },
  { 'X-Forwarded-For': '127.0.0.1, 203.0.113.7' },
  { 'X-Forwarded-Host': 'evil.example' },
  { 'X-Forwarded-Proto': 'gopher', 'X-Forwarded-Port': '1' },
  { 'X-Forwarded-Prefix': '/evil' },
  { Forwarded: 'for=203.0.113.7;host=evil.example;proto=http' },
  { 'X-Real-IP': '203.0.113.7' },
  { 'X-Client-IP': '203.0.113.7', 'CF-Connecting-IP': '203.0.113.7', 'True-Client-IP': '203.0.113.7' },
  { 'X-Original-Host': 'evil.example', 'X-Host': 'evil.example' },
  { Origin: 'https://evil.example', Referer: 'https://evil.example/' },
]; // prettier-ignore

/** What a caller says of himself moves neither the links in answers nor the count of the rate limit. */
export const spoofing: Attack = {
  name: 'spoofing',
  run: async ({ stage, findings }: Scene) => {
    const { shop, wire } = stage;
    await shop.create();
    for (const disguise of disguises) {
      const headers = { ...shop.headers(), ...disguise };
      for (const path of ['/v1/payments?limit=1', '/v1/payments?nope=1', '/v1/channel_accounts', '/openapi.json']) {
        const { text, headers: got } = await wire.ask({ method: 'GET', path, headers });
        const whole = text + JSON.stringify(got);
        findings.expect(!/evil|203\.0\.113|gopher/.test(whole), 'links do not follow the request', () => `${JSON.stringify(disguise)} ${path}: ${whole.slice(0, 300)}`);
        findings.expect(got['access-control-allow-origin'] === undefined, 'no other origin is let in', () => String(got['access-control-allow-origin']));
      }
    }
    const counted = await counts(stage);
    findings.expect(counted, 'the rate is counted by key alone', () => 'a disguised request was counted elsewhere');
    return { disguises: disguises.length };
  },
}; // prettier-ignore

/** Within one second each disguised request lowers what is left by one; the clock may turn once or twice meanwhile. */
async function counts({ wire, shop }: Scene['stage']): Promise<boolean> {
  for (let turn = 0; turn < 5; turn += 1) {
    const left = await Promise.all(
      disguises.map(async (disguise) => {
        const headers = { ...shop.headers(), ...disguise };
        const got = await wire.ask({ method: 'GET', path: '/v1/payments?limit=1', headers });
        return Number(/r=(\d+)/.exec(String(got.headers['ratelimit']))?.[1]);
      }),
    );
    const sorted = left.toSorted((a, b) => b - a);
    if (sorted.every((value, index) => index === 0 || value === (sorted[index - 1] ?? 0) - 1))
      return true;
  }
  return false;
}
