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

/** The command with what it asks for; null when that is not there or another payment's. */
export async function commandOf(
  db: Db,
  paymentId: string,
  cause: string,
  command: OrderedCommand,
): Promise<Command | null> {
  if (command.name !== 'confirm') return command;
  const found = await db.query<{ choice: Choice }>(
    'select choice from method_requests where cause = $1 and payment_id = $2',
    [cause, paymentId],
  );
  const choice = found.rows[0]?.choice;
  return choice ? { name: 'confirm', choice } : null;
}
