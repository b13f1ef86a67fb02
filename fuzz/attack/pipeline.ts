import type { Attack, Scene } from '../attack.ts';
import { say } from '../socket.ts';

const length = 1_000;

/** A thousand requests in one breath: each is answered, in order, and the loop goes on. */
export const pipeline: Attack = {
  name: 'pipeline',
  run: async ({ stage, findings }: Scene) => {
    const one = (path: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stage.shop.key}\r\n${more}\r\n`;
    const paths = Array.from({ length }, (_, index) => `/v1/payments/pay_${index}`);
    const text = paths.map((path, index) => one(path, index === length - 1 ? 'Connection: close\r\n' : '')).join('');
    stage.wire.requests += length;
    const { statuses, ms } = await say(stage.wire.port, text, 60_000);
    const isWhole = statuses.length === length && statuses.every((status) => status === 404);
    findings.expect(isWhole, 'a pipeline is answered one by one', () => `${statuses.length} answers, ${[...new Set(statuses)].join(', ')}`);
    return { requests: length, ms: Math.round(ms) };
  },
}; // prettier-ignore
