import type { Report } from './report.ts';
import type { RoutingFigures } from './routing.ts';
import type { Beside } from './slow-channel.ts';

/** The figures for a person. */
export function summary(figures: Report | Beside | RoutingFigures): string {
  if ('all_fit_us' in figures) return routingSummary(figures);
  return 'slow' in figures ? besideSummary(figures) : comparison(figures);
}

function routingSummary({
  rules,
  accounts,
  choices,
  one_fits_us,
  all_fit_us,
}: RoutingFigures): string {
  return `
  choosing among ${rules} rules of ${accounts} accounts, µs (${choices} choices)
                      p50             p99             max
  one rule fits       ${cell(one_fits_us.p50)}${cell(one_fits_us.p99)}${cell(one_fits_us.max)}
  all fit, one serves ${cell(all_fit_us.p50)}${cell(all_fit_us.p99)}${cell(all_fit_us.max)}
`;
}

function besideSummary({ prompt, slow, ratio, slow_ms, open_at_slow_channel }: Beside): string {
  return `
  QR payments, ms     beside a channel    beside one that
                      that answers        takes ${`${slow_ms / 1_000} s`.padEnd(14)}ratio
  create p50          ${cell(prompt.create_ms.p50)}    ${cell(slow.create_ms.p50)}    ${ratio.create_p50}
  create p99          ${cell(prompt.create_ms.p99)}    ${cell(slow.create_ms.p99)}    ${ratio.create_p99}
  complete p50        ${cell(prompt.complete_ms.p50)}    ${cell(slow.complete_ms.p50)}    ${ratio.complete_p50}
  complete p99        ${cell(prompt.complete_ms.p99)}    ${cell(slow.complete_ms.p99)}    ${ratio.complete_p99}

  card payments that waited for the slow channel meanwhile: ${open_at_slow_channel}
`;
}

function comparison(figures: Report): string {
  const { bare, ratio, create_ms, complete_ms } = figures;
  const cpu = Object.entries(figures.cpu_ms_per_payment)
    .map(([kind, ms]) => `${kind} ${ms}`)
    .join(', ');
  return `
                      Holdfast        bare workflow   ratio
  per second          ${cell(figures.payments_per_second)}${cell(bare.workflows_per_second)}${ratio.rate}
  create p50, ms      ${cell(create_ms.p50)}${cell(bare.create_ms.p50)}${ratio.create_p50}
  complete p50, ms    ${cell(complete_ms.p50)}${cell(bare.complete_ms.p50)}${ratio.complete_p50}
  complete max, ms    ${cell(complete_ms.max)}${cell(bare.complete_ms.max)}
  history events      ${cell(figures.history_events_per_payment)}${cell(bare.history_events)}
  CPU, ms             ${cell(cpuTotal(figures))}${cell(bare.cpu_ms)}${ratio.cpu}

  CPU by process: ${cpu}
  write transactions a payment: ${figures.db_write_transactions_per_payment}
  bytes a payment: PostgreSQL ${figures.bytes_per_payment.postgres}, Temporal's histories ${figures.bytes_per_payment.temporal}
  others on this machine: ${figures.others_cores} processors
`;
}

function cpuTotal({ cpu_ms_per_payment }: Report): number {
  return Number(Object.values(cpu_ms_per_payment).reduce((sum, ms) => sum + ms, 0).toFixed(1));
} // prettier-ignore

function cell(value: number): string {
  return String(value).padEnd(16);
}
