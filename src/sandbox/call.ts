import type { Books } from './books.ts';
import { type Fault, type FaultName, type Occasion, strike } from './fault.ts';
import { scenarioOf, stillDown } from './scenario.ts';
import type { Transaction } from './transaction.ts';

/** An answer of a channel: a status and a JSON body, a text of another type, or none. */
export interface Answer {
  readonly status: number;
  readonly body: object | null;
  /** Instead of a body; the type stands in the headers. */
  readonly text?: string;
  /** What this answer has besides the headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request to a channel that is well signed: what it is about, and how to carry it out. */
export interface Call extends Occasion {
  /** Writes the books. What is done during a close, bounces, or is planted in a bill, is the channel's to play. */
  readonly commit: (faults: ReadonlySet<FaultName>, struck: readonly Fault[]) => Answer;
  /** Hears what was answered once the call was begun, be it a 500, before anybody else hears it. */
  readonly remember?: (answer: Answer) => void;
}

/** The first number that an understood call is about; '' for one that was refused or is about none. */
export function referenceOf(
  routed: Pick<Call, 'references'> | { readonly refused: unknown },
): string {
  return 'refused' in routed ? '' : (routed.references[0] ?? '');
}

/**
 * What of an ordinary call follows from the order that it is about.
 *
 * @param known the order as it was when the request came; null: it is about none
 */
export function callAbout(
  channel: Call['channel'],
  known: { readonly reference: string; readonly created_at: number } | null,
): Pick<Call, 'channel' | 'references' | 'known_since' | 'names_amount'> {
  return {
    channel,
    references: known ? [known.reference] : [],
    known_since: known ? new Date(known.created_at).toISOString() : null,
    names_amount: true,
  };
}

/** How a channel words the mishaps that befall every channel. */
export interface Mishaps {
  readonly rate_limit: Answer;
  readonly http_500: Answer;
  readonly system_error: Answer;
  readonly not_found: (operation: Call['operation']) => Answer;
  /** The same answer with an amount that is one unit less. */
  readonly one_less: (answer: Answer) => Answer;
  /** The same answer in the channel's other spelling, where its errors have two. */
  readonly respelt?: (answer: Answer) => Answer;
}

/** An answer that is sent, or the first half of it. */
export interface Answered {
  readonly answer: Answer;
  readonly cut?: boolean;
}

/** How a call ends: answered, answered in part, held until the caller leaves, or its socket reset. */
export type Ending = Answered | 'held' | 'reset';

/**
 * Carries out one call, with the faults that strike it (contract section 7). The caller of this
 * awaits `books.kept()` before it lets anybody see the ending.
 *
 * @param call what is asked
 * @param mishaps the channel's words for them
 */
export async function carryOut(books: Books, call: Call, mishaps: Mishaps): Promise<Ending> {
  const { era } = books;
  const faults = strike(books, call);
  const names = new Set(faults.map((fault) => fault.fault));
  if (names.has('refuse_connection')) return 'reset';
  await slowness(faults);
  if (books.era !== era) return 'reset'; // emptied meanwhile: nothing of before is written after
  const ending = books.atomically(
    () => notBegun(call, names, mishaps) ?? begun(books, call, faults, mishaps),
  );
  if (isOvertaken(books, call)) await pause(overtakenMs);
  if (typeof ending === 'string' || !names.has('double_spelling_errors')) return ending;
  return { ...ending, answer: mishaps.respelt?.(ending.answer) ?? ending.answer };
}

function slowness(faults: readonly Fault[]): Promise<void> | undefined {
  const waits = faults.filter(({ fault }) => fault === 'slow').map((one) => one.delay_ms ?? 3_000);
  if (waits.length === 0) return undefined;
  return pause(Math.max(...waits));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Long enough for a payer to pay, and for the merchant to hear of it first. */
const overtakenMs = 1_500;

/** Does the callback come before the answer to what makes the order? */
function isOvertaken(books: Books, call: Call): boolean {
  const makes = call.operation === 'create' || call.operation === 'prepare';
  return makes && scenarioOf(books, orderOf(books, call)) === 'early_callback';
}

function orderOf(books: Books, { channel, references }: Call): Transaction | undefined {
  return books.find(channel, references[0] ?? '');
}

function notBegun(call: Call, names: ReadonlySet<FaultName>, mishaps: Mishaps): Ending | undefined {
  if (names.has('timeout_before_commit')) return 'held';
  if (names.has('rate_limit')) return { answer: mishaps.rate_limit };
  if (names.has('not_found_for')) return { answer: mishaps.not_found(call.operation) };
  return undefined;
}

function begun(books: Books, call: Call, faults: readonly Fault[], mishaps: Mishaps): Ending {
  const known = orderOf(books, call);
  const names = new Set(faults.map(({ fault }) => fault));
  const answer = names.has('http_500_before_commit')
    ? mishaps.http_500
    : spoilt(call.commit(names, faults), names, mishaps);
  call.remember?.(answer);
  if (!known && goesDown(books, orderOf(books, call))) return 'reset';
  if (names.has('timeout_after_commit')) return 'held';
  return { answer, cut: names.has('reset_mid_body') };
}

/** Is the channel down as soon as it has this order? Then the next call about it is not taken either. */
function goesDown(books: Books, order: Transaction | undefined): boolean {
  if (!order || scenarioOf(books, order) !== 'channel_down') return false;
  books.write({ kind: 'faults', faults: [...books.faults, stillDown(order)] });
  return true;
}

function spoilt(result: Answer, names: ReadonlySet<FaultName>, mishaps: Mishaps): Answer {
  if (names.has('http_500_after_commit')) return mishaps.http_500;
  if (names.has('system_error_after_commit')) return mishaps.system_error;
  return names.has('wrong_amount') ? mishaps.one_less(result) : result;
}
