import { shownStatus } from '../domain/payment-method.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf, type ChannelAccount } from '../store/channel-account.ts';
import { drawId } from '../store/id.ts';
import { findKey } from '../store/idempotency.ts';
import { findMethod, type PaymentMethod } from '../store/payment-method.ts';
import { insertSetup, type NewSetup, type SetupInsertion } from '../store/setup.ts';
import { logger } from '../telemetry.ts';
import type { Dependencies } from './dependencies.ts';
import type { Asked, Examination } from './endpoint.ts';
import { keyReused } from './idempotency-key.ts';
import { offerOf } from './offer.ts';
import { Problem } from './problem.ts';
import type { SetUpMethod } from './setup-schema.ts';

type Setup = Asked<SetUpMethod, unknown, ChannelAccount | null>;

/** Which of the caller's accounts can keep the method without a payment: it is paid with there ever after. */
export async function examineSetup(
  { store, channelFor }: Dependencies,
  caller: Caller,
  { type }: Partial<SetUpMethod>,
): Promise<Examination<ChannelAccount | null>> {
  if (type === undefined) return { errors: [], found: null };
  const accounts = await accountsOf(store.pool, caller);
  const found = accounts.find((account) => {
    const channel = channelFor(account.channel);
    const isOffered = (offerOf(channel, account)[type]?.length ?? 0) > 0;
    return isOffered && channel?.facts.setup_methods?.includes(type) === true;
  });
  if (found) return { errors: [], found };
  const detail = `no channel account can save '${type}' without a payment`;
  return { errors: [{ pointer: '/type', code: 'method_not_supported', detail }], found: null };
}

/** The saved method as it stands after `wait`, and whether the key had made it before. */
export async function setUp(
  dependencies: Dependencies,
  asked: Setup,
): Promise<{ readonly method: PaymentMethod; readonly isReplay: boolean }> {
  const { store, waiting } = dependencies;
  const insertion = await insert(dependencies, asked);
  const began = performance.now();
  const method = await waiting.untilSo(
    insertion.id,
    () => findMethod(store, asked.caller, insertion.id),
    (one) => shownStatus(one) !== 'processing',
    asked.body.wait * 1_000,
  );
  asked.timing.wait += performance.now() - began;
  if (!method) throw new Problem('not_found', 'the payment method was withdrawn');
  return { method, isReplay: insertion.kind === 'replayed' };
}

/** A held key answers what it names; without one the method is stored. */
async function insert(
  { store }: Dependencies,
  { caller, id: customer_id, body, found, key, requestId }: Setup,
): Promise<Stored> {
  const held = key && (await findKey(store.pool, key.cause));
  if (held && held.fingerprint === key.fingerprint) return { kind: 'replayed', id: held.object_id };
  if (held) throw keyReused();
  if (!found) throw new Error(`bug: nobody saves ${body.type} without a payment`);
  const insertion = await insertSetup(store, caller, newSetup(customer_id, body, found), key);
  if (!('id' in insertion))
    throw insertion.kind === 'key_reused' ? keyReused() : new Problem('not_found', 'no such customer'); // prettier-ignore
  const { id: payment_method } = insertion;
  logger.info({ request_id: requestId, payment_method }, 'a payment method is set up');
  return insertion;
}

type Stored = Extract<SetupInsertion, { readonly id: string }>;

function newSetup(
  customer_id: string,
  { type, token, consent: { text, ip }, return_url, expires_in }: SetUpMethod,
  { id: channel_account, channel }: ChannelAccount,
): NewSetup {
  const consent = { text, ip: ip ?? null };
  const method = { id: drawId('pm'), customer_id, type, channel, channel_account, consent };
  return { method, token, return_url: return_url ?? null, expires_in_ms: expires_in * 1_000 };
}
