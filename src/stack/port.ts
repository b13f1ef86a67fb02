import { createServer } from 'node:net';

import { channelNames } from '../sandbox/channel.ts';
import { portSetting } from '../sandbox/channel-port.ts';
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

/** Ports that a sandbox takes in a row: its own, and one for each channel. */
export const sandboxPorts = 1 + channelNames.length;

const lowest = 10_000; // and below 32,768, from where the system takes outgoing connections: one may hold our port first
const share = 100;
const shares = 227;
/** Two pids may share a hundred: a program that a test starts is told to draw from the test's, which no other test does. */
const owner = Number(process.env['PORTS_OF'] ?? process.pid);
let drawn = 0;

/** A port that was free a moment ago, and that nobody else draws. */
export function freePort(): Promise<number> {
  return freeRow(1);
}

/**
 * The first of so many neighbouring ports that were free a moment ago. Every process draws from a hundred of its own, in
 * turn: ports drawn at random met before they were listened on (PORT and TEMPORAL_UI_PORT of one stack, 2026-11-29).
 *
 * @param length 1 to 100
 */
export async function freeRow(length: number): Promise<number> {
  for (;;) {
    const first = draw(length);
    const free = await Promise.all(Array.from({ length }, (_, step) => isFree(first + step)));
    if (free.every(Boolean)) return first;
  }
}

function draw(length: number): number {
  if (drawn + length > share) drawn = 0;
  const first = lowest + (owner % shares) * share + drawn;
  drawn += length;
  return first;
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
    ...channelNames.map((name, index): [string, number] => [
      `${portSetting(name)} (by default SANDBOX_PORT + ${index + 1})`,
      settings.channelPorts[name],
    ]),
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
