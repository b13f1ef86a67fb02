import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { launch, type Launched, newDataDir } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

/** A disk of its own, in memory: whoever is not root may not mount one. */
class Disk {
  readonly folder: string;

  constructor(folder: string, mebibytes: number) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', folder], { encoding: 'utf8' }); // prettier-ignore
    if (status !== 0) throw new Error(`a disk could not be mounted: ${stderr}`);
  }

  /** Takes all the space that is left. */
  fill(): void {
    const file = openSync(join(this.folder, 'filler'), 'w');
    for (let size = 1_048_576; size > 0; size = size === 1 ? 0 : size / 2) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch {
        continue; // it has less than that
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(join(this.folder, 'filler'));
  }

  remove(): void {
    spawnSync('umount', ['-l', this.folder]);
  }
}

/** May this user mount a disk here? */
function isMountable(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = newDataDir();
  try {
    new Disk(folder, 1).remove();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const described = isMountable() ? describe : describe.skip;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isFinal = ({ status }: any) => ['succeeded', 'canceled', 'failed'].includes(status);

let disks: Disk[] = [];
let stack: Launched;
let merchant: Merchant;

/** A stack in a folder that is a disk of its own, and so is what else is named. */
async function on(mebibytes: number, folders: Readonly<Record<string, number>> = {}) {
  const dataDir = newDataDir();
  disks = [new Disk(dataDir, mebibytes)];
  for (const [name, size] of Object.entries(folders))
    disks.push(new Disk(join(dataDir, name), size));
  chmodSync(dataDir, 0o755); // PostgreSQL lives there too
  stack = await launch({}, dataDir);
  merchant = new Merchant(stack.ready);
}

afterEach(async () => {
  await stack.stop();
  for (const disk of disks.toReversed()) disk.remove();
  rmSync(stack.dataDir, { recursive: true, force: true });
});

interface Heard {
  readonly promised: any[];
  /** The status of every create that was not promised anything; 0 when nobody answered. */
  readonly refused: number[];
}

/** Creates and pays without pause for so long. */
async function traffic(ms: number): Promise<Heard> {
  const promised: any[] = [];
  const refused: number[] = [];
  const deadline = Date.now() + ms;
  const customer = async () => {
    while (Date.now() < deadline) {
      const answer = await merchant.create({ wait: 1 }).catch(() => null);
      if (answer?.status === 201) {
        promised.push(answer.body);
        await merchant.payer(answer.body, 'pay').catch(() => undefined);
        continue;
      }
      refused.push(answer?.status ?? 0);
      if (answer) expect(answer).toMatchObject({ status: 503, body: { code: 'dependency_unavailable' } }); // prettier-ignore
      if (answer) expect(answer.headers.get('retry-after')).not.toBeNull();
      await pause(50);
    }
  };
  await Promise.all(Array.from({ length: 4 }, customer));
  return { promised, refused };
}

/** Nobody had to do anything: payments are taken again, and each that was promised is paid once. */
async function recovers(promised: any[]): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await merchant.create({ wait: 5 }).catch(() => null);
    if (answer?.status === 201) break;
    if (Date.now() > deadline) throw new Error('nothing was taken again within 60 s');
    await pause(200);
  }
  for (const { id } of promised) {
    const open = await merchant.until(id, (payment) => isFinal(payment) || payment.status === 'requires_action', 90_000); // prettier-ignore
    if (!isFinal(open)) await merchant.payer(open, 'pay');
    const paid = await merchant.until(id, isFinal, 90_000);
    expect(paid).toMatchObject({ status: 'succeeded', amount_captured: 1_999, outcome: 'known' });
    expect(await merchant.books(paid)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 }); // prettier-ignore
  }
  expect(await merchant.violations()).toEqual([]);
  const verified = spawnSync(process.execPath, ['--import', 'tsx', 'src/stack/ledger-verify.ts', '--json'], { env: stack.env, encoding: 'utf8' }); // prettier-ignore
  expect([verified.status, verified.stderr]).toEqual([0, '']);
}

described('a full disk (only as root: a small disk has to be mounted)', () => {
  test('F35: of everything of ours: creates are refused with 503, and what was promised is kept once there is room', async () => {
    await on(400, { sandbox: 64 }); // the channels' books are on a disk of somebody else
    const before = await traffic(3_000);
    disks[0]!.fill();
    const meanwhile = await traffic(20_000);
    disks[0]!.free();
    expect(meanwhile.refused.length).toBeGreaterThan(0);
    await recovers([...before.promised, ...meanwhile.promised]);
  }, 300_000); // prettier-ignore

  test('F35: of Temporal alone: creates are taken, and started once there is room', async () => {
    await on(600, { temporal: 64 });
    const before = await traffic(3_000);
    disks[1]!.fill();
    const meanwhile = await traffic(15_000);
    disks[1]!.free();
    expect(meanwhile.promised.length).toBeGreaterThan(0);
    await recovers([...before.promised, ...meanwhile.promised]);
  }, 300_000); // prettier-ignore
});
