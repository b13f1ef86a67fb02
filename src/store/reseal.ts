import { accountVault } from './account-settings.ts';
import { answerVault } from './dispute-answer.ts';
import { methodVault } from './kept-token.ts';
import { NoSecretKey } from './keyring.ts';
import { customerVault } from './person.ts';
import { resetVault } from './pin-reset.ts';
import { consentVault } from './sealed-consent.ts';
import { attemptVault, choiceVault, nextVault, returnVault, setupVault } from './sealed-token.ts';
import type { Store } from './store.ts';
import type { Resealed, Vault } from './vault.ts';
import { appVault, endpointVault } from './webhook-secret.ts';

/** All of them: whoever keeps a secret somewhere else has a vault here. */
const vaults: readonly Vault[] = [
  accountVault,
  customerVault,
  methodVault,
  consentVault,
  endpointVault,
  appVault,
  attemptVault,
  setupVault,
  answerVault,
  nextVault,
  choiceVault,
  returnVault,
  resetVault,
];

/**
 * Seals with the first key whatever another one has sealed, and what is in plain form: how many secrets that were.
 * A batch is a transaction: one that was interrupted goes on where it stopped. Throws when a secret does not open, or without a key.
 */
export async function resealAll(store: Store, batch = 100): Promise<number> {
  if (store.keyring.first === null)
    throw new NoSecretKey('SECRET_KEYS is not set: there is no key to seal with');
  let resealed = 0;
  for (const vault of vaults) {
    let last: string | null = '';
    while (last !== null) {
      const done = await resealBatch(store, vault, last, batch);
      resealed += done.count;
      last = done.last;
    }
  }
  return resealed;
}

function resealBatch(store: Store, vault: Vault, after: string, batch: number): Promise<Resealed> {
  return store.transaction(async (db) => {
    await db.query(`select pg_advisory_xact_lock(hashtext('reseal'))`); // two that do it take turns
    return vault(store.keyring, db, after, batch);
  });
}
