import type { Books } from '../books.ts';
import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { bank, freshIban, freshId, freshReference } from './identifier.ts';
import { bankTransferKeys as keys } from './keys.ts';
import { minorOf, money } from './money.ts';
import type { AccountRequest } from './parameters.ts';
import { channel, wireTime } from './wording.ts';

/** Money that came to a virtual account; amounts in minor units, times in milliseconds since the epoch. */
export interface Credit {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly booked_at: number;
  readonly remittance: string;
}

/** The bank's own part of a transaction. */
export interface VirtualAccount {
  readonly number: string;
  readonly id: string;
  readonly asked: AccountRequest;
  readonly iban: string;
  readonly creditor_reference: string;
  readonly created_at: number;
  /** When it was closed, or null; its end closes it too. */
  readonly closed_at: number | null;
  /** Oldest first, of whatever currency. */
  readonly credits: readonly Credit[];
}

/** A virtual account that nobody has paid to yet; the caller writes it into the books. */
export function freshAccount(number: string, asked: AccountRequest): VirtualAccount {
  return {
    number,
    id: freshId('VA'),
    asked,
    iban: freshIban(),
    creditor_reference: freshReference(),
    created_at: clock.now(),
    closed_at: null,
    credits: [],
  };
}

export function accountOf(transaction: Transaction): VirtualAccount {
  return transaction.own as VirtualAccount;
}

/** The virtual account under the customer's number, or null. */
export function findAccount(books: Books, number: string): VirtualAccount | null {
  const transaction = books.find(channel, number);
  return transaction ? accountOf(transaction) : null;
}

/** When it was closed, be it by its end, or null while it is open. */
export function closedAt({ closed_at, asked }: VirtualAccount): number | null {
  const end = Date.parse(asked.expires_at);
  return closed_at ?? (clock.now() >= end ? end : null);
}

/** All that came in one currency, in minor units. */
export function creditedIn({ credits }: VirtualAccount, currency: string): number {
  const alike = credits.filter((credit) => credit.currency === currency);
  return alike.reduce((sum, { amount }) => sum + amount, 0);
}

/** What is still to be paid, in minor units; 0 when it is paid in full or too much. */
export function missingOf(account: VirtualAccount): number {
  return Math.max(0, minorOf(account.asked) - creditedIn(account, account.asked.currency));
}

/**
 * Writes a virtual account, new or changed, into the books.
 *
 * @returns the transaction after it
 */
export function saveAccount(books: Books, account: VirtualAccount): Transaction {
  const { number, id, asked, created_at, credits } = account;
  const own = credits.filter(({ currency }) => currency === asked.currency);
  const after: Transaction = {
    channel,
    account: keys.channel_account,
    reference: number,
    numbers: [id],
    amount: minorOf(asked),
    currency: asked.currency,
    created_at: new Date(created_at).toISOString(),
    state: missingOf(account) === 0 ? 'paid' : account.closed_at === null ? 'created' : 'closed',
    takings: own.map((credit) => ({
      transaction_id: credit.id,
      amount: credit.amount,
      at: new Date(credit.booked_at).toISOString(),
    })),
    refunds: books.find(channel, number)?.refunds ?? [],
    own: account,
  };
  books.save(after);
  return after;
}

/** It is closed for ever; the money that the bank had accepted before may still be booked. */
export function close(books: Books, account: VirtualAccount): VirtualAccount {
  return closeAt(books, account, closedAt(account) ?? clock.now());
}

function closeAt(books: Books, account: VirtualAccount, closed_at: number): VirtualAccount {
  if (account.closed_at !== null) return account;
  const closed = { ...account, closed_at };
  saveAccount(books, closed);
  return closed;
}

/** The bank closes it at its end. */
export function planEnd(
  { agenda, books }: ChannelOptions,
  { number, asked }: VirtualAccount,
): void {
  const end = Date.parse(asked.expires_at);
  agenda.at(`${channel} account ${number}`, end, () => {
    const account = findAccount(books, number);
    if (account) closeAt(books, account, end);
  });
}

/** A virtual account as the bank shows it (its page, section 2). */
export function wireAccount(account: VirtualAccount): object {
  const { number, id, asked, iban, creditor_reference, created_at, credits } = account;
  const closed_at = closedAt(account);
  return {
    object: 'virtual_account',
    number,
    id,
    status: closed_at === null ? 'open' : 'closed',
    ...asked,
    iban,
    ...bank,
    creditor_reference,
    created_at: wireTime(created_at),
    closed_at: closed_at === null ? null : wireTime(closed_at),
    credits: credits.map(wireCredit),
  };
}

const debtor = { name: 'A. Payer', iban: 'FR1420041010050500013M02606' };

function wireCredit({ id, amount, currency, booked_at, remittance }: Credit): object {
  return { id, ...money(amount, currency), booked_at: wireTime(booked_at), remittance, debtor };
}
