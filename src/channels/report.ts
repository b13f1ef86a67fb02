/** Where nobody can be asked: the files in which the channel reported in a stretch of time, oldest first. */
export interface Reported {
  readonly names: readonly string[];
  /** The last ones that it made before: only the channel can tell whether one is missing between them. */
  readonly before: readonly string[];
}

/** Those since something was made. */
export interface Reports extends Reported {
  /** How long after this would stand in one of them the newest came out, in milliseconds; null: none came out so late. */
  readonly late_ms: number | null;
}
