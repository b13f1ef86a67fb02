import type { Inbox } from './inbox.ts';
import type { Method, Side } from './side.ts';

/** One payment from its create to the merchant's webhook. */
export interface Sample {
  readonly id: string;
  readonly method: Method;
  readonly create_ms: number;
  readonly complete_ms: number;
}

export interface Batch {
  readonly samples: readonly Sample[];
  readonly seconds: number;
}

/** How much is asked for at once, and what pays for it. */
export interface Demand {
  readonly inFlight: number;
  /** Taken in turn. */
  readonly methods: readonly Method[];
}

/** Makes `count` payments, `inFlight` of them under way at any time. Throws when one fails. */
export async function load(
  side: Side,
  inbox: Inbox,
  count: number,
  { inFlight, methods }: Demand,
): Promise<Batch> {
  const samples: Sample[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      const method = methods[begun++ % methods.length] ?? 'qr';
      samples.push(await onePayment(side, inbox, method));
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { samples, seconds: (performance.now() - began) / 1_000 };
}

/** Create, the payer pays, the channel calls back, the merchant hears of it. */
export async function onePayment(side: Side, inbox: Inbox, method: Method): Promise<Sample> {
  const began = performance.now();
  const { id, reference, create_ms } = await side.create(method);
  if (method === 'qr') await side.pay(reference);
  const complete_ms = (await inbox.until(id)) - began;
  return { id, method, create_ms, complete_ms };
}
