import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Launched, logOf, startProgram } from './launcher.ts';

/** The channel accounts of a stack as an operator changes them: `npm run channel-account -- …`. */
export class ChannelAccounts {
  private readonly stack: Launched;

  constructor(stack: Launched) {
    this.stack = stack;
  }

  /** A new version with these members of its settings changed; its number. */
  async update(account: string, settings: object): Promise<number> {
    const file = join(this.stack.dataDir, 'settings.json');
    writeFileSync(file, JSON.stringify(settings));
    return (await this.operate('update', '--account', account, '--settings', file)).version;
  }

  /** Ends every version but the newest. */
  async retire(account: string): Promise<void> {
    await this.operate('retire', '--account', account);
  }

  /** How many callbacks of this channel were refused as forged. */
  unbelieved(slug: string): number {
    return logOf(this.stack, 'api')
      .split('\n')
      .filter((line) => line.includes('was not believed') && line.includes(`"channel":"${slug}"`))
      .length;
  }

  private async operate(...args: readonly string[]): Promise<any> {
    const program = startProgram('src/stack/channel-account.ts', this.stack.env, { args: [...args, '--json'] }); // prettier-ignore
    if ((await program.ended) !== 0) throw new Error(program.stderr());
    return JSON.parse(program.stdout());
  }
}

/** Looks again and again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  for (const deadline = Date.now() + ms; !(await isSo());) {
    if (Date.now() > deadline) throw new Error(`not so within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
