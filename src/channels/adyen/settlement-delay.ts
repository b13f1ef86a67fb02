const day = 24 * 3_600_000;

/** Adyen's longest settlement delay without an arrangement (docs: Delayed settlement), in business days. */
export const delayDaysByDefault = 12;

/** For holidays, and until the report is made. */
const spareDays = 3;

/**
 * A sale is put into the batch that is open after the account's settlement delay: within so many milliseconds it stands in a
 * report, if that is out by then.
 *
 * @param delayDays in business days
 */
export function settledWithinMs(delayDays: number): number {
  const weekendDays = 2 * Math.ceil(delayDays / 5); // as many as there can be between them
  return (delayDays + weekendDays + spareDays) * day;
}

/** How much later than at other accounts silence is believed at this one, which has arranged a longer delay, in milliseconds. */
export function settledLaterMs({
  settlement_delay_days: delayDays,
}: {
  readonly settlement_delay_days: number;
}): number {
  return Math.max(0, settledWithinMs(delayDays) - settledWithinMs(delayDaysByDefault));
}
