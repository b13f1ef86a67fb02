import type { Request } from 'express';
import { z } from 'zod';

import type { Agenda } from './agenda.ts';
import type { Books } from './books.ts';
import {
  type Channel,
  type ChannelName,
  channelNames,
  payerDeeds,
  unplayedNames,
} from './channel.ts';
import { clock } from './clock.ts';
import type { Deliverer } from './delivery.ts';
import { arm, faultRequest, idle } from './fault.ts';
import { rotation } from './rotation.ts';
import { magicAmounts, scenarioOf } from './scenario.ts';
import { shown, type Transaction } from './transaction.ts';

export interface ControlOptions {
  readonly books: Books;
  readonly agenda: Agenda;
  readonly deliverer: Deliverer;
  readonly channels: Readonly<Record<ChannelName, Channel>>;
  /** Opens or closes the channels' ports as the faults say now. */
  readonly faultsChanged: () => Promise<void>;
}

/** What a control call answers; a refusal's body is `{error}`. */
export interface Reply {
  readonly status: number;
  readonly body: object;
}

const payerRequest = z.strictObject({
  action: z.enum(payerDeeds),
  reason: z.string().optional(),
  force: z.boolean().default(false),
  refund: z.string().optional(),
  amount: z.int().min(1).max(999_999_999_999).optional(),
  currency: z.string().optional(),
});

const resendRequest = z.strictObject({
  copies: z.int().min(1).max(1_000).default(1),
  parallel: z.boolean().default(false),
  account: z.string().min(1).optional(),
});

const known = [...channelNames, ...unplayedNames] as const;
const booksQuery = z.strictObject({
  channel: z.enum(known, { error: `known: ${known.join(', ')}` }).optional(),
  reference: z.string().optional(),
  scenario: z.enum(magicAmounts.map(({ scenario }) => scenario)).optional(),
});

const done = (body: object): Reply => ({ status: 200, body });
const refuse = (status: number, error: string): Reply => ({ status, body: { error } });

/** `GET /control/books`: oldest first, every filter optional; one that is misspelt would show books of nothing. */
export function showBooks({ books }: ControlOptions, { query }: Request): Reply {
  const asked = booksQuery.safeParse(query);
  if (!asked.success) return invalid(asked.error);
  const { channel, reference, scenario } = asked.data;
  const wanted = (one: { channel: string; reference: string }) =>
    (channel === undefined || one.channel === channel) &&
    (reference === undefined || one.reference === reference);
  const found =
    reference !== undefined // by map: tests ask this often, of large books
      ? channelNames.flatMap((name) => books.find(name, reference) ?? [])
      : [...books.transactions.values()];
  const plays = (one: Transaction) => scenario === undefined || scenarioOf(books, one) === scenario;
  const transactions = found.filter((one) => wanted(one) && plays(one)).map(shown);
  return done({ transactions, violations: books.violations.filter(wanted) });
}

/** `GET /control/keys`: the published test keys of every channel. */
export function showKeys({ channels }: ControlOptions): Reply {
  return done(Object.fromEntries(Object.entries(channels).map(([name, { keys }]) => [name, keys])));
}

/** `POST /control/payers/{channel}/{reference}`: the payer acts; 404 for who is unknown, 409 for what is over. */
export function act({ books, channels }: ControlOptions, request: Request): Reply {
  const { channel, reference } = named(request);
  if (!channel) return unknownChannel(request);
  const asked = payerRequest.safeParse(request.body);
  if (!asked.success) return invalid(asked.error);
  const transaction = books.find(channel, reference);
  if (!transaction) return refuse(404, `unknown reference '${reference}'`);
  if (namesAmount(asked.data) && !channels[channel].takesAnyAmount)
    return refuse(400, `amount: ${channel} takes what was asked for`);
  const acted = books.atomically(() => channels[channel].act(transaction, asked.data));
  return 'error' in acted ? refuse(acted.status, acted.error) : done(shown(acted.transaction));
}

/** Who disputes says how much of it; else only what one pays has an amount. */
function namesAmount({ action, amount, currency }: z.infer<typeof payerRequest>): boolean {
  return (amount !== undefined && action !== 'dispute') || currency !== undefined;
}

/** `POST /control/faults`: answers once it is felt, closed port included. */
export async function armFault(
  { books, channels, faultsChanged }: ControlOptions,
  request: Request,
): Promise<Reply> {
  const asked = faultRequest.safeParse(request.body);
  if (!asked.success) return invalid(asked.error);
  const why = idle(asked.data, channels[asked.data.channel]);
  if (why !== null) return refuse(400, why);
  const id = arm(books, asked.data);
  await faultsChanged();
  return done({ id });
}

/** `DELETE /control/faults`: none is armed any more, and the ports are open again. */
export async function deleteFaults({ books, faultsChanged }: ControlOptions): Promise<Reply> {
  books.write({ kind: 'faults', faults: [] });
  await faultsChanged();
  return done({ deleted: true });
}

/** `POST /control/callbacks/{channel}/{reference}/resend`: answers when all copies were. */
export async function resend(
  { books, deliverer }: ControlOptions,
  request: Request,
): Promise<Reply> {
  const { channel, reference } = named(request);
  if (!channel) return unknownChannel(request);
  const asked = resendRequest.safeParse((request.body as unknown) ?? {});
  if (!asked.success) return invalid(asked.error);
  const last = books.lastCallback(channel, reference);
  if (!last) return refuse(404, `no callback was ever made for '${reference}'`);
  const statuses = await deliverer.resend(last, asked.data);
  return done({ sent: statuses.length, statuses });
}

const dayS = 86_400;
const rotateRequest = z.strictObject({
  channel: z.enum(channelNames),
  key: z.enum(['first', 'next']).default('next'),
  overlap_s: z.number().nonnegative().max(dayS).optional(),
});

/**
 * `POST /control/keys/rotate`: from now on the channel signs with its other key, until a reset. Which signs with both
 * for a while, does so for a day, or as long as it is told.
 */
export function rotateKeys({ books, channels }: ControlOptions, { body }: Request): Reply {
  const asked = rotateRequest.safeParse(body);
  if (!asked.success) return invalid(asked.error);
  const { channel, key, overlap_s } = asked.data;
  const { rotates } = channels[channel];
  if (rotates === 'at_once' && overlap_s !== undefined)
    return refuse(400, `overlap_s: ${channel} signs with one key at a time`);
  if (rotation.keyOf(channel) === key)
    return refuse(409, `${channel} signs with its ${key} key already`);
  const both_until = rotates === 'at_once' ? 0 : clock.now() + (overlap_s ?? dayS) * 1_000;
  const others = rotation.all().filter((one) => one.channel !== channel);
  books.write({ kind: 'rotations', rotations: [...others, { channel, key, both_until }] });
  return done({ rotated: channel });
}

const accountRequest = z.strictObject({ magic_amounts: z.boolean() });

/** `POST /control/accounts/{channel}`: from now on, and until a reset, the channel account has magic amounts, or none. */
export function setAccount({ books }: ControlOptions, request: Request): Reply {
  const { channel } = named(request);
  if (!channel) return unknownChannel(request);
  const asked = accountRequest.safeParse(request.body);
  if (!asked.success) return invalid(asked.error);
  const others = books.magicAmounts.filter((one) => one !== channel);
  const { magic_amounts } = asked.data;
  books.write({ kind: 'magic_amounts', channels: magic_amounts ? [...others, channel] : others });
  return done({ channel, magic_amounts });
}

const clockRequest = z.strictObject({ advance_ms: z.int() });
/** No channel keeps anything for so long. */
const clockMax = 10 * 366 * 86_400_000;

/** `GET /control/clock`: what time it is in the sandbox. */
export function showClock(): Reply {
  return done({ now: new Date(clock.now()).toISOString(), ahead_ms: clock.ahead() });
}

/** `POST /control/clock`: so much later it is now; what was due meanwhile is done at once. */
export function advanceClock({ books, agenda }: ControlOptions, { body }: Request): Reply {
  const asked = clockRequest.safeParse(body);
  if (!asked.success) return invalid(asked.error);
  const ahead_ms = clock.ahead() + asked.data.advance_ms;
  if (ahead_ms < 0 || ahead_ms > clockMax)
    return refuse(
      400,
      `advance_ms: the clock is never behind the machine's, nor ${clockMax} ms ahead`,
    );
  books.write({ kind: 'clock', ahead_ms });
  agenda.clockWasSet();
  return showClock();
}

/** How long a reset waits for callbacks that are on the wire: a merchant answers in less, or is not listening. */
const wireMs = 2_000;

/** `POST /control/reset`: empty books, no faults, no queued callbacks, no magic amounts, the machine's time, the first keys. */
export async function reset(options: ControlOptions): Promise<Reply> {
  const { books, agenda, deliverer, faultsChanged } = options;
  books.reset();
  agenda.clear();
  await faultsChanged();
  await deliverer.landed(wireMs);
  return done({ reset: true });
}

function named({ params }: Request): { channel: ChannelName | undefined; reference: string } {
  const { channel, reference } = params as { channel: string; reference: string };
  return { channel: channelNames.find((name) => name === channel), reference };
}

function unknownChannel({ params }: Request): Reply {
  const known = channelNames.join(', ');
  return refuse(404, `unknown channel '${String(params['channel'])}'; known: ${known}`);
}

function invalid({ issues }: z.ZodError): Reply {
  return refuse(400, issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
