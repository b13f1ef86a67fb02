import type { Server } from 'node:http';

import type { Agenda } from './agenda.ts';
import type { Books } from './books.ts';
import type { Deliverer } from './delivery.ts';
import type { CallName, FaultName } from './fault.ts';
import type { Transaction } from './transaction.ts';

/** The channels that the sandbox plays. */
export const channelNames = [
  'wechat-pay',
  'stripe',
  'alipay',
  'paypal',
  'bank-transfer',
  'adyen',
  'unionpay',
] as const;
/** Channels of the contract (section 4) that have empty books here. */
export const unplayedNames = ['balance'] as const;
export type ChannelName = (typeof channelNames)[number];

/** What every channel works with. */
export interface ChannelOptions {
  readonly books: Books;
  readonly deliverer: Deliverer;
  readonly agenda: Agenda;
  readonly refundMs: number;
  readonly refundSpacingMs: number;
}

/** What payers do; a channel refuses what none of its own does. */
export const payerDeeds = [
  'pay',
  'decline',
  'abandon',
  'authenticate',
  'bounce_refund',
  'dispute',
  'resolve_dispute',
] as const;
export type PayerDeed = (typeof payerDeeds)[number];

/** What the payer does (contract section 7). */
export interface PayerAction {
  readonly action: PayerDeed;
  /** The channel takes the money although it said closed, or a second time. */
  readonly force: boolean;
  /** Why, in the channel's own words, where it has several. */
  readonly reason?: string | undefined;
  /** The refund that bounces. */
  readonly refund?: string | undefined;
  /** What he pays, in minor units, where he may choose that himself; or what he disputes. */
  readonly amount?: number | undefined;
  /** Of that amount; the order's own where it is left out. */
  readonly currency?: string | undefined;
}

/** What came of it: the transaction after it, or why the channel would not have it. */
export type Acted =
  | { readonly transaction: Transaction }
  | { readonly status: 400 | 404 | 409; readonly error: string };

/** A channel that the sandbox plays: its keys, its server, its payers. */
export interface Channel {
  /** The published test keys, as `GET /control/keys` shows them. */
  readonly keys: Readonly<Record<string, string>>;
  /** The calls that it takes; a fault on another one would never strike. */
  readonly calls: readonly CallName[];
  /** Faults that this channel has and not every one. */
  readonly plays?: readonly FaultName[];
  /** Faults that cannot befall this channel, each with the reason; whoever arms one is told. */
  readonly never?: Partial<Record<FaultName, string>>;
  /** The reasons for which a payer's act `decline` is declined, in its own words; without it he may try again. */
  readonly declines?: Readonly<Record<'declined' | 'insufficient_funds', string>>;
  /** May its payers pay another amount than was asked for? */
  readonly takesAnyAmount?: boolean;
  /** How `POST /control/keys/rotate` makes it sign with its next key: from then on with that one alone, or for a while with both. */
  readonly rotates: 'at_once' | 'with_both';
  /** The channel's own server, not listening yet. */
  readonly server: () => Server;
  readonly act: (transaction: Transaction, asked: PayerAction) => Acted;
  /** Plans again what an earlier run still owed. */
  readonly resume: () => void;
}

/** A callback as it goes over the wire. */
export interface Sealed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a merchant answered a callback; status 0: nothing in time. */
export interface Acknowledgement {
  readonly status: number;
  readonly body: string;
}

/** How a channel calls back. `Notice` is what a callback says before it is sealed, the channel's own affair. */
export interface CallbackWire<Notice = unknown> {
  /** The waits between tries, in seconds. */
  readonly ladder_s: readonly number[];
  readonly acknowledge_ms: number;
  readonly acknowledged: (answer: Acknowledgement) => boolean;
  /** Sealed now, with the faults that struck it in their order; `other`: a callback of another order. */
  readonly seal: (notice: Notice, faults: readonly FaultName[], other: Notice | null) => Sealed;
}
