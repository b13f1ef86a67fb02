import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import type { StackSettings } from './settings.ts';

/** Can this port be listened on? */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

/**
 * A port that was free a moment ago. Below those that the system gives to outgoing connections (from 32768): one of
 * these may be somebody's own end before we listen on it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
}

/** The settings that name one port twice, or one that somebody else holds, a line each; nothing has been started yet. */
export async function takenPorts(settings: StackSettings): Promise<string[]> {
  const wanted = wantedPorts(settings);
  const lines = wanted.map(async ([name, port], index) => {
    const twin = wanted.slice(0, index).find(([, other]) => other === port);
    if (twin) return `${name}: port ${port} is that of ${twin[0]} too; set another`;
    return (await isFree(port)) ? null : `${name}: port ${port} is taken; set another`;
  });
  return (await Promise.all(lines)).filter((line) => line !== null);
}

function wantedPorts(settings: StackSettings): [name: string, port: number][] {
  const ports: [string, number | undefined][] = [
    ['PORT', settings.port],
    ['SANDBOX_PORT', settings.sandboxPort],
    ['SANDBOX_WECHAT_PAY_PORT (by default SANDBOX_PORT + 1)', settings.wechatPayPort],
    ['SANDBOX_STRIPE_PORT (by default SANDBOX_PORT + 2)', settings.stripePort],
    ['SANDBOX_ALIPAY_PORT (by default SANDBOX_PORT + 3)', settings.alipayPort],
    ['TEMPORAL_PORT', settings.temporalAddress ? undefined : settings.temporalPort],
    ['TEMPORAL_UI_PORT', settings.temporalAddress ? undefined : settings.temporalUiPort],
    ['POSTGRES_PORT', settings.databaseUrl ? undefined : settings.postgresPort],
    ...settings.metricsPorts.map((port, i): [string, number] => [
      i === 0 ? 'METRICS_PORT' : `METRICS_PORT + ${i}`,
      port,
    ]),
  ];
  return ports.flatMap(([name, port]) => (port === undefined ? [] : [[name, port]]));
}
