import type { Command } from '../domain/fact.ts';
import type { Message, OrderedCommand } from '../domain/message.ts';
import type { Choice } from '../domain/payment.ts';
import { type Db, prepared } from './store.ts';

/** What of a command is not said to Temporal: what a payer pays with, and what a person writes. */
export interface Unsaid {
  readonly choice: Choice | null;
  readonly words: string | null;
}

/** A command as a request brings it; a repeated confirm may find nobody who serves its method by now. */
export type Request =
  | Exclude<Command, { name: 'confirm' }>
  | { readonly name: 'confirm'; readonly choice: Choice | null };

/** Parts a command into what travels and what stays in its row. */
export function parted(request: Request): readonly [OrderedCommand, Unsaid] {
  switch (request.name) {
    case 'confirm':
      return [{ name: 'confirm' }, { choice: request.choice, words: null }];
    case 'refund':
    case 'resolve': {
      const { reason: words, ...command } = request;
      return [command, { choice: null, words }];
    }
    case 'cancel':
      return [{ name: 'cancel' }, { choice: null, words: request.note }];
    default:
      return [request, { choice: null, words: null }];
  }
}

const insert = prepared(
  'unsaid',
  `insert into command_requests (cause, fingerprint, payment_id, choice, words) values ($1, $2, $3, $4, $5)
   on conflict do nothing`,
);

/**
 * Keeps what was not said under the command's cause. Until the command is recorded nobody holds its key, which may
 * then come with another body: each body has its own row.
 */
export async function insertUnsaid(
  db: Db,
  { cause, key }: Pick<Message, 'cause' | 'key'>,
  paymentId: string,
  { choice, words }: Unsaid,
): Promise<void> {
  const chosen = choice && JSON.stringify(choice);
  await db.query(insert(cause, key?.fingerprint ?? '', paymentId, chosen, words));
}

/**
 * What was not said with cause $2 and body $4, beside its payment `p`. The API of before 2026-11-29 kept a confirm's
 * choice without its body.
 */
export const unsaidOfCause = `
  (select json_build_object('choice', r.choice, 'words', r.words) from command_requests r
   where r.cause = $2 and r.fingerprint in ($4, '') and r.payment_id = p.id
   order by r.fingerprint desc limit 1) as unsaid`;

/** The whole command again; null when what a confirm asked for is not there or another payment's. */
export function commandOf(command: OrderedCommand, unsaid: Unsaid | null): Command | null {
  switch (command.name) {
    case 'confirm':
      return unsaid?.choice ? { name: 'confirm', choice: unsaid.choice } : null;
    case 'refund':
      return { ...command, reason: unsaid?.words ?? command.reason ?? null };
    case 'cancel':
      return { ...command, note: unsaid?.words ?? command.note ?? null };
    case 'resolve':
      return { ...command, reason: unsaid?.words ?? command.reason ?? '' };
    default:
      return command;
  }
}
