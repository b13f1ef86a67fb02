import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const version = 'v0.203.0';
const buildMs = 240_000;

/** Stripe's own mock: checks requests against its published OpenAPI description, and answers with its fixtures. */
export type StripeMock =
  { readonly missing: string } | { readonly url: string; readonly close: () => Promise<void> };

/** Builds it with Go, once per machine, and starts it; or says why that is not possible here. */
export async function openStripeMock(): Promise<StripeMock> {
  try {
    return await start(await built());
  } catch (error) {
    return { missing: `stripe-mock ${version}: ${String(error).split('\n')[0]}` };
  }
}

async function built(): Promise<string> {
  const kept = join(tmpdir(), `holdfast-stripe-mock-${version}-${userInfo().uid}`);
  const program = join(kept, 'stripe-mock');
  if (statSync(program, { throwIfNoEntry: false })) return program;
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const aside = mkdtempSync(join(kept, 'build-'));
  try {
    await promisify(execFile)('go', ['install', `github.com/stripe/stripe-mock@${version}`], {
      env: { ...process.env, GOBIN: aside },
      timeout: buildMs,
    });
    renameSync(join(aside, 'stripe-mock'), program);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return program;
}

async function start(program: string): Promise<StripeMock> {
  const child = spawn(program, ['-http-addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await addressOf(child);
  return {
    url,
    close: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
} // prettier-ignore

async function addressOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const port = /Listening for HTTP at address: 127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (port) return `http://127.0.0.1:${port}`;
  }
  throw new Error(`it ended before it listened: ${text.trim()}`);
}
