/** A method that is to be kept for later payments without one, as stored: a resend says the same. */
export interface SetupOrder {
  /** The method type of the contract. */
  readonly method: string;
  /** Our number at the channel: the saved method's id. */
  readonly reference: string;
  /** Names what is made: the same for every resend, so that the channel does it once. */
  readonly channel_key: string;
  /** The channel's number of it, once it told one. */
  readonly handle: string | null;
  /** What the method came with, for `confirmSetup` alone. */
  readonly token: string | null;
  /** Where the payer's browser goes after a redirect. */
  readonly return_url: string;
}
