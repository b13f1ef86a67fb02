/** How much of everything. */
export interface Profile {
  readonly name: 'smoke' | 'full';
  /** Callbacks of each channel, forged and as many correctly signed. */
  readonly callbacks: number;
  /** Seconds of Schemathesis with a key; without one a sixth of it, at least 15. */
  readonly schemaSeconds: number;
  /** How many of the strings of `payload.ts`, and how many card numbers, drawn by the seed. */
  readonly payloads: number;
  readonly cards: number;
  /** Samples of each side when times are compared. */
  readonly timingSamples: number;
}

export const profiles: Readonly<Record<string, Profile>> = {
  smoke: {
    name: 'smoke',
    callbacks: 150,
    schemaSeconds: 30,
    payloads: 40,
    cards: 3,
    timingSamples: 200,
  },
  full: {
    name: 'full',
    callbacks: 20_000,
    schemaSeconds: 1_500,
    payloads: 1_000,
    cards: 100,
    timingSamples: 20_000,
  },
};
