import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The places where a stack that was started with these ends one of its processes, as `kill -9` would (src/fault-point.ts). */
export class FaultPoints {
  /** For `launch`: where the processes look. */
  readonly env: Readonly<Record<string, string>>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-points-'));

  constructor() {
    this.env = { FAULT_POINTS: this.folder };
  }

  /** Whoever passes this place next ends there, once: `<process>.<name>`. */
  arm(place: string): void {
    writeFileSync(join(this.folder, place), '');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
