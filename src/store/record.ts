import { operationOf } from '../domain/draft.ts';
import type { Command, Fact, Refusal } from '../domain/fact.ts';
import { type Fold, fold } from '../domain/fold.ts';
import type { Message } from '../domain/message.ts';
import { holdsOrder, type Payment } from '../domain/payment.ts';
import { inWords as inWordsOfRoute } from '../domain/routing.ts';
import { type View, viewOf } from '../domain/view.ts';
import { consumeCallback, evidenceFact } from './callback-evidence.ts';
import { type Claim, remember, remembered } from './cause.ts';
import { type Exchange, writeExchanges } from './exchange.ts';
import { settleLimits } from './limit-claim.ts';
import { type Around, lockPayment } from './payment-lock.ts';
import type { StoredPayment } from './payment-row.ts';
import { storable } from './storable.ts';
import { commitWith, type Db, prepared, type Store } from './store.ts';
import { attendAt, writeTransition } from './transition.ts';
import { commandOf } from './unsaid.ts';

/**
 * One transition, one transaction: locks the row, answers the view when this cause was recorded before,
 * else folds the fact and writes state, timeline, postings and events together. What was said in a call (`exchanges`)
 * is kept whatever becomes of the fact.
 * @returns where the payment stands and what it owes; `refused` when its state does not allow the command
 * @throws when there is no such payment, or the database is away: then nothing was recorded
 */
export async function record(
  store: Store,
  paymentId: string,
  message: Message,
  exchanges: readonly Exchange[] = [],
): Promise<View> {
  return store.transaction(async (db) => {
    const [{ payment, known, context }] = await Promise.all([
      lockPayment(store, db, paymentId, message),
      writeExchanges(db, exchanges), // leaves with the locks, at no round trip of its own
    ]);
    const view = (of: StoredPayment, refused?: Refusal): View => ({
      ...viewOf(of, context.now, store.timing),
      ...(refused ? { refused } : {}),
    });
    const settle = async (after: StoredPayment) => {
      if (known.is_counted) await settleLimits(db, payment, after, confirmationOf(message));
    };
    const earlier = await remembered(db, message, known);
    const fact = earlier ? null : factOf(message, known);
    if (!fact) {
      await settle(payment);
      return view(payment, earlier?.refused);
    }
    const made = fold(payment, fact, context);
    const claim = claimOf(message, fact, made);
    const callback = message.fact.kind === 'callback' ? message.fact.callback : undefined;
    if (made.refused || !made.changed) {
      await settle(payment);
      if (claim) await remember(db, claim);
      if (callback !== undefined) commitWith(db, consumeCallback(db, callback));
      if (fact.kind === 'attend') commitWith(db, attend(store, db, payment, context.now));
      return view(payment, made.refused);
    }
    const { details, channel_ms } = payment;
    const after: StoredPayment = { ...made.payment, details, channel_ms };
    await keepOrder(db, payment, after);
    await settle(after);
    await writeTransition(db, {
      before: payment,
      fold: made,
      details,
      origin: { cause: message.cause, ...gone(payment, after, described(payment, fact, made)) },
      now: context.now,
      endpoints: known.endpoints,
      attend_at: attendAt(store, after, context.now),
      claim,
      callback,
    });
    return view(after);
  });
}

/** A run that begins again found nothing new: the next look is due as the state says, not every minute. */
async function attend(store: Store, db: Db, payment: StoredPayment, now: number): Promise<void> {
  await db.query(lookAgain(payment.id, attendAt(store, payment, now)));
}

const lookAgain = prepared('look_again', 'update payments set attend_at = $2 where id = $1');

/** The claim on the command's key: for the refund that it made, else for the payment itself. */
function claimOf(
  { cause, key }: Message,
  fact: Fact,
  { payment, refused }: Fold,
): Claim | undefined {
  if (!key) return undefined;
  const isRefund = fact.kind === 'command' && fact.command.name === 'refund' && !refused;
  const object_id = (isRefund && payment.refunds.at(-1)?.id) || payment.id;
  return { cause, ...key, object_id, refusal: refused ?? null };
}

/** The fact behind the message; null for one that says nothing: unknown kinds and callbacks change nothing. */
function factOf({ fact }: Message, { evidence, unsaid }: Around): Fact | null {
  switch (fact.kind) {
    case 'callback':
      return evidence && evidenceFact(evidence);
    case 'command': {
      const command = commandOf(fact.command, unsaid);
      return command && { kind: 'command', command };
    }
    case 'outcome':
      return storable(fact);
    case 'attend':
    case 'due':
      return fact;
    default:
      return null; // from a build that knows more
  }
}

/** A confirmation counts for limits before it is sent (`countConfirmation`), and is awaited there by its cause. */
function confirmationOf({ cause, fact }: Message): string | null {
  return fact.kind === 'command' && fact.command.name === 'confirm' ? cause : null;
}

const freeOrder = prepared(
  'free_order',
  'delete from order_claims where payment_id = $1 and app_id = $2 and order_no = $3',
);

const takeOrderAgain = prepared(
  'take_order_again',
  'insert into order_claims (app_id, order_no, payment_id, livemode) values ($2, $3, $1, $4) on conflict do nothing',
);

/** The order's claim follows the state: freed when canceled or failed, taken again when late money is accepted. */
async function keepOrder(db: Db, before: StoredPayment, after: StoredPayment): Promise<void> {
  const { id, app_id, order_no, livemode } = before;
  if (holdsOrder(before) && !holdsOrder(after)) await db.query(freeOrder(id, app_id, order_no));
  if (!holdsOrder(before) && holdsOrder(after)) {
    const taken = await db.query(takeOrderAgain(id, app_id, order_no, livemode));
    // Somebody was faster by a hair: repeated, the fold sees the order taken and sends the money back.
    if (taken.rowCount === 0)
      throw new Error(`order ${before.order_no} was taken while late money came for it`);
  }
}

/** The fact in words for the timeline. What a channel wrote is kept redacted with its exchange, not here. */
function described(payment: Payment, fact: Fact, made: Fold): Told {
  switch (fact.kind) {
    case 'attend':
      return { kind: 'attempt', summary: 'looked at', data: {} };
    case 'due':
      return { kind: 'state', summary: `due: ${fact.what}`, data: {} };
    case 'outcome': {
      const verb = operationOf(payment, fact.operation)?.verb ?? 'call';
      const end = fact.answer === 'silent' ? 'no answer' : fact.answer.kind;
      const data = { operation: fact.operation, verb, end };
      return { kind: 'attempt', summary: `${verb} ended: ${end}`, data };
    }
    case 'evidence':
      return {
        kind: 'callback',
        summary: `the channel called back: ${saidOf(fact)}`,
        data: { reference: fact.reference },
      };
    case 'command':
      return {
        kind: 'request',
        summary: `${inWords(fact.command)}${judged(fact.command, made)}`,
        data: untold(fact.command),
      };
  }
}

interface Told {
  readonly kind: string;
  readonly summary: string;
  readonly data: object;
}

/** The same, with where the payment has gone on by itself, and why. */
function gone(before: Payment, after: Payment, told: Told): Told {
  const next = after.attempts[before.attempts.length];
  if (!next?.routing?.backup_of) return told;
  const { channel, routing } = next;
  const summary = `${told.summary}; goes on at ${channel} (${routing.reason})`;
  return { ...told, summary, data: { ...told.data, attempt: next.id, routing } };
}

/** What the app's rules made of a refund. */
function judged({ name }: Command, { payment: { refunds } }: Fold): string {
  const made = name === 'refund' ? refunds.at(-1) : undefined;
  if (!made || made.rules_version === null) return '';
  const verdict = made.approval === 'awaited' ? 'a person must approve it' : 'allowed';
  return ` (${verdict} by the rules of version ${made.rules_version})`;
}

function saidOf({ answer }: Fact & { kind: 'evidence' }): string {
  return answer.kind === 'dispute'
    ? `dispute ${answer.channel_reference} is ${answer.status ?? answer.channel_status}`
    : answer.kind;
}

/** A token pays or names the payer: it stands in its attempt and nowhere else. */
function untold(command: Command): object {
  if (command.name !== 'confirm') return command;
  const { method, route } = command.choice;
  return { name: command.name, method, route };
}

function inWords(command: Command): string {
  switch (command.name) {
    case 'confirm':
      return `confirmed with ${inWordsOfRoute(command.choice)}`;
    case 'capture':
      return `capture requested: ${command.amount ?? 'all that is left'}${command.is_final ? ', final' : ''}`;
    case 'increment':
      return `increment of the hold requested: to ${command.amount}`;
    case 'refund':
      return `refund requested: ${command.amount ?? 'all that is left'}`;
    case 'cancel':
      return command.note ? `cancel requested: ${command.note}` : 'cancel requested';
    case 'sync':
      return 'sync requested';
    case 'resolve':
      return `case resolved as ${command.decision}: ${command.reason}`;
  }
}
