import type { ChannelRules } from '../domain/channel.ts';
import { allCurrencies } from '../domain/currency.ts';
import type { BillFacts } from './bill.ts';
import type { Channel } from './channel.ts';
import type { ChannelFacts } from './facts.ts';

const hours = (ms: number): string => `${ms / 3_600_000} h`;

const holds = { none: 'no', once: 'one capture', multiple: 'several captures' } as const;

const listed = (codes: readonly string[]) => {
  const isAll = allCurrencies().every((code) => codes.includes(code));
  return isAll ? 'every one of ISO 4217' : [...new Set(codes)].sort().join(' ');
};
const currenciesOf = (methods: ChannelFacts['methods']) => listed(Object.values(methods).flat());

/** A method, with its currencies where they are not all of its channel's. */
function methodCell(all: string) {
  return ([name, codes]: [string, readonly string[]]) =>
    listed(codes) === all ? `\`${name}\`` : `\`${name}\` (${listed(codes)})`;
}

function billReady({ ready_after_ms }: BillFacts): string {
  return ready_after_ms === 0 ? 'when it is over' : `${hours(ready_after_ms)} after it`;
}

/** What is otherwise for a method of the channel. */
function otherwise([method, rules]: [string, Partial<ChannelRules>]): string {
  const { captures, reversed_after_ms, not_found_means } = rules;
  const said = [
    captures && (captures === 'none' ? 'is never held' : `has ${holds[captures]}`),
    reversed_after_ms && `is reversed after ${reversed_after_ms / 1_000} s`,
    not_found_means && `“not found” means ${not_found_means.replaceAll('_', ' ')}`,
  ];
  return `\`${method}\` ${said.filter(Boolean).join(', ')}`;
}

/** The columns of docs/channels.md: what a merchant or the author of a rule asks of a channel, out of its facts. */
const columns: Readonly<Record<string, (facts: ChannelFacts) => string>> = {
  methods: ({ methods }) => Object.entries(methods).map(methodCell(currenciesOf(methods))).join(', '),
  currencies: ({ methods }) => currenciesOf(methods),
  'money moves': ({ confirms }) => ({ never: 'when the payer pays', at_once: 'when it is confirmed', when_agreed: 'when the payer has agreed and it is confirmed', when_returned: 'when it is made, or when the payer is back and it is confirmed' })[confirms],
  holds: ({ captures, increments }) => holds[captures] + (increments ? ', can be raised' : ''),
  refunds: ({ refunds_max, refund_spacing_ms }) =>
    `${refunds_max} per payment${refund_spacing_ms === 0 ? '' : `, ${refund_spacing_ms / 1_000} s apart`}`,
  'kept for later': ({ kept_methods, setup_methods }) =>
    (kept_methods ?? []).map((method) => `\`${method}\`${setup_methods?.includes(method) ? ', also without a payment' : ''}`).join('; ') || 'no',
  'same call again is one deed': ({ replay_window_ms }) =>
    replay_window_ms === null ? 'for ever' : replay_window_ms === 0 ? 'never' : `for ${hours(replay_window_ms)}`,
  'can be asked': ({ reported_after_ms }) =>
    reported_after_ms === null ? 'at any time' : `no: its report tells, after ${hours(reported_after_ms)}`,
  '“not found” means': ({ not_found_means }) => not_found_means.replaceAll('_', ' '),
  'bills': ({ bill }) => bill ? `${bill.flows.join(' and ')}, of a day in ${bill.zone}, ${billReady(bill)}` : 'no',
  'whose account it is': ({ identity }) => identity.map((name) => `\`${name}\``).join(', ') || 'no setting says it',
  'calls of its queue': ({ calls }) => `${calls.at_once} at once, ${calls.per_second} a second`,
  'ended when': ({ closed_when }) => closed_when.replaceAll('_', ' '),
  'but': ({ exceptions }) => Object.entries(exceptions ?? {}).map(otherwise).join('; '),
}; // prettier-ignore

/**
 * The capability table of these channels in Markdown, a row each: generated, so that no page can say what the rules
 * do not know.
 */
export function capabilityTable(channels: readonly Channel[]): string {
  const names = Object.keys(columns);
  const rows = channels.map(({ slug, facts }) => [`\`${slug}\``, ...Object.values(columns).map((cell) => cell(facts))]); // prettier-ignore
  const lines = [['channel', ...names], ['channel', ...names].map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
