/** What the campaign asserts (faults.md section 3); `contract`: an answer that the contract does not know. */
export type Invariant =
  | 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12'
  | 'contract' | 'recovery' | 'sweep' | 'drill'; // prettier-ignore

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
