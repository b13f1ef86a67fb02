/** One thing that must not be, with what to type to see it again. */
export interface Failure {
  readonly attack: string;
  readonly rule: string;
  readonly detail: string;
  readonly replay: string;
}

/** Of each rule that is broken so many are told; the rest is only counted. */
const toldMax = 5;
const detailMax = 1_500;

/** What a run has found so far. */
export class Log {
  readonly failures: Failure[] = [];
  count = 0;
  private readonly told = new Map<string, number>();
  private readonly say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  add({ attack, rule, detail, replay }: Failure): void {
    this.count += 1;
    const seen = (this.told.get(`${attack} ${rule}`) ?? 0) + 1;
    this.told.set(`${attack} ${rule}`, seen);
    if (seen > toldMax) return;
    const failure = { attack, rule, detail: printable(detail).slice(0, detailMax), replay };
    this.failures.push(failure);
    this.say(`✘ ${attack}: ${rule}: ${failure.detail}\n  replay: ${replay}`);
  }
}

/** Where one attack writes down what it found; `replay` repeats it alone. */
export class Findings {
  private readonly log: Log;
  private readonly attack: string;
  private readonly replay: string;

  constructor(log: Log, attack: string, replay: string) {
    this.log = log;
    this.attack = attack;
    this.replay = replay;
  }

  add(rule: string, detail: string): void {
    this.log.add({ attack: this.attack, rule, detail, replay: this.replay });
  }

  /** Adds a finding unless `holds`. */
  expect(holds: boolean, rule: string, detail: () => string): void {
    if (!holds) this.add(rule, detail());
  }
}

/** What an attacker sent goes to a terminal: nothing in it may steer that. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}
