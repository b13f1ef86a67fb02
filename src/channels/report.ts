/** Where nobody can be asked: the files in which the channel reported in a stretch of time, oldest first. */
export interface Reported {
  readonly names: readonly string[];
  /** The last ones that it made before: only the channel can tell whether one is missing between them. */
  readonly before: readonly string[];
}

/** Those since something was made. */
export interface Reports extends Reported {
  /** One of them came out so late that this would stand in it, or in an earlier one. */
  readonly is_late: boolean;
}
