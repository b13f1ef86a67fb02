import { Auditor } from './auditor.ts';
import { Chance } from './chance.ts';
import { Forger } from './forger.ts';
import { Merchant } from './merchant.ts';
import { payerAt } from './payer.ts';
import { Reader } from './reader.ts';
import { Receiver } from './receiver.ts';
import { Recovery } from './recovery.ts';
import type { Order } from './scene.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';
import { nameBackups } from './story/backup.ts';
import { Traffic } from './traffic.ts';
import { Complaints } from './violation.ts';

/** The product and everybody around it, ready to begin. */
export interface Stage {
  readonly stack: Stack;
  readonly chance: Chance;
  readonly complaints: Complaints;
  readonly merchant: Merchant;
  readonly payer: ReturnType<typeof payerAt>;
  readonly receiver: Receiver;
  readonly reader: Reader;
  readonly recovery: Recovery;
  readonly traffic: Traffic;
  readonly auditor: Auditor;
  readonly orders: () => readonly Order[];
}

/** Sets the stage, plays on it, and clears it whatever happens. */
export async function onStage<T>(
  { seed, ...options }: { seed: string } & Omit<StackOptions, 'receiverPort'>,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const complaints = new Complaints();
  const receiver = new Receiver(seed, complaints);
  const receiverPort = await receiver.open();
  try {
    const stack = await startStack({ receiverPort, ...options });
    try {
      return await play(await cast(stack, seed, receiver, receiverPort, complaints));
    } finally {
      await stack.stop();
    }
  } finally {
    receiver.close();
  }
}

async function cast(
  stack: Stack,
  seed: string,
  receiver: Receiver,
  receiverPort: number,
  complaints: Complaints,
): Promise<Stage> {
  const chance = new Chance(seed);
  const merchant = new Merchant(stack.api, stack.apiKey, complaints);
  const payer = payerAt(stack.sandbox);
  const url = `http://127.0.0.1:${receiverPort}/webhooks`;
  const made = await merchant.post('/v1/webhook_endpoints', { url }, 'endpoint', 20_000);
  receiver.secret = (made.body as { secret: string }).secret;
  await nameBackups(merchant);
  const reader = new Reader(merchant, complaints);
  const recovery = new Recovery(merchant, reader, seed);
  const forger = new Forger(stack.api, stack.sandbox);
  const traffic = new Traffic(
    { merchant, payer, forger, complaints, seed },
    chance.branch('traffic'),
  );
  const orders = () => [...traffic.orders, ...recovery.probes];
  const auditor = new Auditor({ stack, merchant, receiver, reader, complaints, orders });
  return { stack, chance, complaints, merchant, payer, receiver, reader, recovery, traffic, auditor, orders }; // prettier-ignore
}
