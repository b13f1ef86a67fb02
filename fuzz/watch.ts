import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import type { Findings } from './finding.ts';
import type { Stage } from './stage.ts';

/** What the API process says of itself (Prometheus, prom-client's default metrics). */
interface Sample {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly fds: number;
  /** The longest that its event loop was late since the sample before, ms. */
  readonly lagMs: number;
}

const everyMs = 1_000;

/**
 * 200 ms is the aim of faults.md section 6 on a quiet machine, and this one is shared with what attacks; what blocks
 * the loop by its form (a quadratic parser, a runaway pattern) does it for seconds.
 */
const lagMaxMs = 1_500;

const heapGrowthMaxMb = 50;
const fdGrowthMax = 40; // pools and keep-alive connections come and go

/** The crash oracle: who lives, how late the loop is, what is held. */
export class Watch {
  private readonly stage: Stage;
  private readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;
  private lap = 0;
  private readonly born: string;

  private constructor(stage: Stage) {
    this.stage = stage;
    this.born = alive(stage);
    this.timer = setInterval(() => void this.look(), everyMs);
  }

  static async begin(stage: Stage): Promise<Watch> {
    const watch = new Watch(stage);
    await watch.look();
    return watch;
  }

  /** A sample more; none when the API does not answer within the second. */
  async look(): Promise<Sample | null> {
    const text = await metrics(this.stage.wire.port).catch(() => null);
    if (text === null) return null;
    const sample = sampleOf(text);
    this.samples.push(sample);
    return sample;
  }

  /** The figures since the last call; a loop that was blocked is a finding. */
  async figures(findings: Findings): Promise<Record<string, number>> {
    await this.look();
    const seen = this.samples.slice(this.lap);
    this.lap = this.samples.length;
    const lag = Math.max(0, ...seen.map(({ lagMs }) => lagMs));
    findings.expect(lag <= lagMaxMs, 'the event loop is never blocked', () => `${lag} ms late`);
    return { lag_ms_max: Math.round(lag), rss_mb_max: Math.round(Math.max(0, ...seen.map(({ rssMb }) => rssMb))) };
  } // prettier-ignore

  /** Live memory: what is held once the garbage is collected (`collector.mjs`). */
  async liveMb(): Promise<number> {
    for (const pid of this.stage.supervisor.pids('api')) process.kill(pid, 'SIGUSR2');
    await pause(500);
    return (await this.look())?.heapMb ?? NaN;
  }

  /** Nobody died, nothing was kept. */
  end(findings: Findings): void {
    clearInterval(this.timer);
    const now = alive(this.stage);
    findings.expect(now === this.born, 'no process dies', () => `${this.born} became ${now}`);
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (!first || !last) return findings.add('the API tells its metrics', 'it never did');
    const leaked = last.fds - first.fds;
    findings.expect(leaked <= fdGrowthMax, 'no file descriptor is kept', () => `${first.fds} → ${last.fds}`); // prettier-ignore
  }

  /** Adds a finding when live memory has grown by 50 MB or more. */
  judgeGrowth(findings: Findings, before: number, after: number): void {
    const isKept = after - before < heapGrowthMaxMb;
    findings.expect(isKept, 'memory stays within 50 MB', () => `${Math.round(before)} MB → ${Math.round(after)} MB`); // prettier-ignore
  }
}

function alive({ supervisor }: Stage): string {
  const names = ['api', 'worker', 'sandbox', 'temporal', 'postgres'];
  return names.map((name) => `${name} ${supervisor.pids(name).join('+')} restarted ${supervisor.restarts(name)}`).join(', '); // prettier-ignore
}

function metrics(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/metrics', agent: false, timeout: everyMs }, (got) => {
      let text = '';
      got.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      got.on('end', () => resolve(text));
    });
    asked.on('timeout', () => asked.destroy(new Error('late')));
    asked.on('error', reject).end();
  });
} // prettier-ignore

function sampleOf(text: string): Sample {
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    heapMb: (value('nodejs_heap_size_used_bytes') + value('nodejs_external_memory_bytes')) / 2 ** 20,
    rssMb: value('process_resident_memory_bytes') / 2 ** 20,
    fds: value('process_open_fds'),
    lagMs: value('nodejs_eventloop_lag_max_seconds') * 1_000,
  };
} // prettier-ignore
