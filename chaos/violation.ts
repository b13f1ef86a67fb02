/** What the campaign asserts (faults.md section 3); `contract`: an answer that the contract does not know; `answer`: none came. */
export type Invariant =
  | 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12'
  | 'contract' | 'answer' | 'recovery' | 'sweep' | 'drill'; // prettier-ignore

/** These may be a slow machine's doing: a campaign fails by them, but they prove no bug. */
const ofTime: ReadonlySet<Invariant> = new Set(['answer', 'recovery', 'sweep']);

/** Those that no slow machine explains. */
export function proofs(violations: readonly Violation[]): Violation[] {
  return violations.filter(({ invariant }) => !ofTime.has(invariant));
}

/** One thing that must not be. */
export interface Violation {
  readonly invariant: Invariant;
  /** The payment, event or file that it is about. */
  readonly subject: string;
  readonly detail: string;
}

/** Violations that were seen while it happened and stay, whatever the books say later. */
export class Complaints {
  private readonly found = new Map<string, Violation>();

  add(invariant: Invariant, subject: string, detail: string): void {
    this.found.set(`${invariant} ${subject} ${detail}`, { invariant, subject, detail });
  }

  all(): Violation[] {
    return [...this.found.values()];
  }
}
