/** What a payer's browser brought back: our number of his payment, and what only the channel can judge, if it is there. */
export interface PayerReturn {
  readonly reference: string;
  readonly returned: string | null;
}
