import type { Command } from '../domain/fact.ts';
import type { OrderedCommand } from '../domain/message.ts';
import type { Choice } from '../domain/payment.ts';
import type { Db } from './store.ts';

/** Keeps what a confirm asks for under the command's cause; the first to come under a cause stands. */
export async function insertMethodRequest(
  db: Db,
  cause: string,
  paymentId: string,
  choice: Choice,
): Promise<void> {
  await db.query(
    'insert into method_requests (cause, payment_id, choice) values ($1, $2, $3) on conflict do nothing',
    [cause, paymentId, JSON.stringify(choice)],
  );
}

/** What the confirm of cause $2 asked for, beside its payment `p`. */
export const choiceOfCause =
  '(select m.choice from method_requests m where m.cause = $2 and m.payment_id = p.id) as choice';

/** The command with what it asks for; null when that is not there or another payment's. */
export function commandOf(command: OrderedCommand, choice: Choice | null): Command | null {
  if (command.name !== 'confirm') return command;
  return choice && { name: 'confirm', choice };
}
