import type { Message } from '../domain/message.ts';
import { faultPoint } from '../fault-point.ts';
import { findKey, type HeldKey } from '../store/idempotency.ts';
import type { StoredPayment } from '../store/payment.ts';
import type { Store } from '../store/store.ts';
import { insertUnsaid, parted, type Request, type Unsaid } from '../store/unsaid.ts';
import { logger } from '../telemetry.ts';
import type { Recorded } from '../workflows/messages.ts';
import type { Dependencies } from './dependencies.ts';
import type { Asked } from './endpoint.ts';
import { type Key, keyReused, replayed } from './idempotency-key.ts';
import { Problem } from './problem.ts';

/** How long Temporal may take to have a command recorded before the caller is told to repeat it. */
const commandMs = 8_000;

/**
 * Has the actor record a command, once per key. A refusal by the payment's state is thrown as its Problem,
 * remembered with the key. @returns the headers of the answer: a repeat is marked as such
 */
export async function order(
  { store, actor }: Pick<Dependencies, 'store' | 'actor'>,
  { caller, key, requestId }: Asked<unknown, unknown>,
  payment: StoredPayment,
  request: Request,
): Promise<Record<string, string>> {
  const held = key && (await findKey(store.pool, key.cause));
  if (held) return joined(key, held);
  const [command, unsaid] = parted(request);
  const message: Message = {
    cause: key?.cause ?? requestId,
    fact: { kind: 'command', command },
    by: requestId,
    ...(key ? { key: { app_id: caller.app_id, fingerprint: key.fingerprint } } : {}),
  };
  await keep(store, payment, message, unsaid);
  const { refused, by } = await recorded(actor, payment, message);
  const log = { request_id: requestId, payment_id: payment.id, command: command.name };
  logger.info({ ...log, refused: refused?.code }, 'command');
  const first = key && by !== requestId && (await findKey(store.pool, key.cause));
  if (first) return joined(key, first); // another request under this key was faster
  if (refused) throw new Problem(refused.code, refused.detail);
  return {};
}

/** Before the command leaves: whoever records it reads the rest of it there. */
async function keep({ pool }: Store, { id }: StoredPayment, message: Message, unsaid: Unsaid): Promise<void> {
  if (unsaid.choice === null && unsaid.words === null) return;
  await insertUnsaid(pool, message, id, unsaid);
  faultPoint('unsaid.after');
} // prettier-ignore

/** What a repeat is answered with: the refusal that is remembered, or the mark of a replay. */
function joined(key: Key, held: HeldKey): Record<string, string> {
  if (held.fingerprint !== key.fingerprint) throw keyReused();
  if (held.refusal) throw new Problem(held.refusal.code, held.refusal.detail, {}, replayed);
  return replayed;
}

async function recorded(
  actor: Dependencies['actor'],
  payment: StoredPayment,
  message: Message,
): Promise<Recorded> {
  try {
    return await actor.command(payment, message, commandMs);
  } catch (error) {
    logger.warn({ payment_id: payment.id, err: error }, 'a command could not be recorded');
    const detail = 'Temporal did not take the command; repeat it with the same key';
    throw new Problem('dependency_unavailable', detail);
  }
}
