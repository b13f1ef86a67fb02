import type { Agenda } from './agenda.ts';
import type { Books } from './books.ts';
import type { Channel, ChannelName, PayerAction } from './channel.ts';
import { clock } from './clock.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import type { Transaction } from './transaction.ts';

/** How long a payer thinks. */
const momentMs = 1_000;
/** How much later he comes who is too late: by then a slow merchant, too, has heard that his order is closed. */
const lateMs = 10_000;

/** The payers of orders with magic amounts, who act by themselves. */
export interface Payers {
  /** An order is new, or has changed: a moment later its payer does his part, if he has one. */
  readonly see: (order: Transaction) => void;
}

/**
 * The payers of orders with magic amounts. What the channel would not take yet (an order that the merchant has still
 * to confirm), they try again when the order has changed.
 */
export function openPayers(
  books: Books,
  agenda: Agenda,
  channels: Readonly<Record<ChannelName, Channel>>,
): Payers {
  /** Who has acted does not act again in the same state: PayPal's still wait for the merchant then. */
  const done = new Set<string>();
  const act = (order: Transaction, scenario: Scenario) => {
    const channel = channels[order.channel as ChannelName];
    for (const action of deedsOf(scenario, order, channel)) {
      const acted = books.atomically(() => channel.act(order, action));
      if ('error' in acted) continue;
      if (acted.transaction !== order) done.add(momentOf(order));
      return;
    }
  };
  const see = ({ channel, reference }: Transaction): void => {
    const order = books.find(channel, reference);
    const scenario = scenarioOf(books, order);
    if (!order || scenario === null || !hasPart(scenario, order)) return;
    agenda.at(`payer ${channel} ${reference}`, clock.now() + waitMs(scenario, order), () => {
      const now = books.find(channel, reference);
      if (now && hasPart(scenario, now) && !done.has(momentOf(now))) act(now, scenario);
    });
  };
  return { see };
}

function waitMs(scenario: Scenario, { state }: Transaction): number {
  if (scenario === 'early_callback') return 0;
  return state === 'closed' ? lateMs : momentMs;
}

function momentOf({ channel, reference, state }: Transaction): string {
  return `${channel} ${reference} ${state}`;
}

function hasPart(scenario: Scenario, { state }: Transaction): boolean {
  return state === 'created' || (scenario === 'paid_after_end' && state === 'closed');
}

/**
 * What a payer tries, until one of it is taken. Where no channel declines he only fails to pay, and may try again;
 * before he pays too late he has looked at what he was to pay, or Alipay would have nothing to close.
 */
function deedsOf(
  scenario: Scenario,
  { state }: Transaction,
  { declines }: Channel,
): readonly PayerAction[] {
  switch (scenario) {
    case 'declined':
    case 'insufficient_funds':
      return [{ action: 'decline', force: false, reason: declines?.[scenario] }];
    case 'paid_after_end':
      if (state === 'closed') return [{ action: 'pay', force: true }];
      return declines ? [] : [{ action: 'decline', force: false }];
    default:
      return [
        { action: 'authenticate', force: false },
        { action: 'pay', force: false },
      ];
  }
}
