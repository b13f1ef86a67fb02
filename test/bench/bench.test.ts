import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const bench = (...args: string[]): Promise<Ended> => benchIn(process.env, ...args);

function benchIn(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  const own = { ...env, PORTS_OF: String(process.pid) };
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...args], { cwd: root, env: own }); // prettier-ignore
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code, stdout, stderr }));
  });
}

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-bench-'));

const number = expect.any(Number);
const durations = { p50: number, p95: number, p99: number, max: number };

describe('npm run bench', () => {
  let ended: Ended;
  let figures: any;
  let before: string[];

  beforeAll(async () => {
    before = folders();
    ended = await bench('--json', '--payments', '8', '--in-flight', '4', '--rounds', '1', '--alone', '2'); // prettier-ignore
    if (ended.code !== 0) throw new Error(ended.stderr);
    figures = JSON.parse(ended.stdout);
  }, 180_000);

  test('tells every figure of the comparison in one line', () => {
    expect(ended.stdout.trim().split('\n')).toHaveLength(1);
    expect(figures).toMatchObject({
      engine: 'dev',
      in_flight: 4,
      payments: 8,
      payments_per_second: number,
      create_ms: durations,
      complete_ms: durations,
      cpu_ms_per_payment: { api: number, worker: number, temporal: number, postgres: number },
      history_events_per_payment: number,
      db_write_transactions_per_payment: number,
      bytes_per_payment: { postgres: number, temporal: number },
      bare: { workflows_per_second: number, create_ms: durations, cpu_ms: number },
      ratio: { rate: number, create_p50: number },
    });
  });

  test('has figures that can be', () => {
    for (const { p50, p95, p99, max } of [figures.create_ms, figures.complete_ms, figures.bare.create_ms]) {
      expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].toSorted((a, b) => a - b));
      expect(p50).toBeGreaterThan(0);
    }
    expect(figures.complete_ms.max).toBeGreaterThanOrEqual(figures.create_ms.p50);
    expect(figures.payments_per_second).toBeGreaterThan(0);
    for (const ms of Object.values(figures.cpu_ms_per_payment)) expect(ms).toBeGreaterThan(0);
    expect(figures.bare.cpu_ms).toBeGreaterThan(0);
    // A payment's life has a start, tasks and a call; a bare one's too.
    expect(figures.history_events_per_payment).toBeGreaterThan(8);
    expect(figures.bare.history_events).toBeGreaterThan(8);
    expect(figures.bytes_per_payment.temporal).toBeGreaterThan(1_000);
    // Creation, the channel's answer and the payment are three transactions at the very least.
    expect(figures.db_write_transactions_per_payment).toBeGreaterThan(3);
    expect(figures.webhooks_more_than_once).toBe(0);
  }); // prettier-ignore

  test('leaves nothing behind', () => {
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  });
});

test('--slow-channel measures QR payments beside cards that wait for their channel', async () => {
  const { code, stdout, stderr } = await bench('--json', '--payments', '8', '--rounds', '2', '--slow-channel', '1500'); // prettier-ignore
  if (code !== 0) throw new Error(stderr);
  const figures = JSON.parse(stdout);
  const times = { create_ms: durations, complete_ms: durations };
  const ratio = {
    create_p50: number,
    create_p99: number,
    complete_p50: number,
    complete_p99: number,
  };
  expect(figures).toMatchObject({ payments: 8, slow_ms: 1_500, prompt: times, slow: times, ratio });
  expect(figures.open_at_slow_channel).toBeGreaterThan(3); // two calls of 1.5 s each, three payments a second
}, 120_000);

test('--help says how, and a wrong value is one clear line', async () => {
  const help = await bench('--help');
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--in-flight')]);
  const wrong = await bench('--payments', 'many');
  expect([wrong.code, wrong.stdout, wrong.stderr.trim().split('\n')]).toEqual([
    1,
    '',
    [expect.stringContaining("--payments must be a whole number from 6 to 1000000, not 'many'")],
  ]);
});

test('--engine postgres without Go says what is missing', async () => {
  const env = { ...process.env, PATH: '/nowhere', XDG_CACHE_HOME: '/nowhere' };
  const { code, stdout, stderr } = await benchIn(env, '--engine', 'postgres');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('--engine postgres: go is not on PATH');
});
