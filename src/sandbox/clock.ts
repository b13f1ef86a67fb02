let ahead = 0;

/**
 * The time of the channels' business: orders, holds, ladders, bills. `POST /control/clock` moves it ahead of the
 * machine's, so that a day need not be waited for. Signatures have the machine's own time, or nobody could verify them.
 */
export const clock = {
  /** Milliseconds since the epoch. */
  now: (): number => Date.now() + ahead,
  /** How far it is ahead of the machine's, in milliseconds. */
  ahead: (): number => ahead,
  /**
   * Sets it. What has happened by then has happened, also when it goes back.
   *
   * @param ms 0 or more
   */
  set: (ms: number): void => {
    ahead = ms;
  },
};
