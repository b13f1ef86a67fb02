import { createKeyring } from '../../src/store/keyring.ts';
import { resealAll } from '../../src/store/reseal.ts';
import type { Store } from '../../src/store/store.ts';
import { openDatabase } from '../support/database.ts';
import { openPatient, Shop } from './shop.ts';

/** What seals at first, and what is to seal from a rotation on. */
export const old = { id: 'old', bytes: Buffer.alloc(32, 1) };
export const fresh = { id: 'fresh', bytes: Buffer.alloc(32, 2) };

/** A shop on a database of its own, before the rotation of its key. */
export interface SealedShop {
  /** Its store knows both keys, and still seals with the old one. */
  readonly shop: Shop;
  /** The rotation: all goes over to the new key. How much did. */
  readonly reseal: () => Promise<number>;
  /** A store that knows the new key alone. */
  readonly afterwards: () => Store;
  readonly close: () => Promise<void>;
}

/** Opens one (3 s). */
export async function openSealedShop(): Promise<SealedShop> {
  const database = await openDatabase();
  const store = openPatient(database, { keyring: createKeyring([old, fresh]) });
  const shop = await Shop.open(store);
  return {
    shop,
    reseal: () => resealAll(openPatient(database, { keyring: createKeyring([fresh, old]) })),
    afterwards: () => openPatient(database, { keyring: createKeyring([fresh]) }),
    close: database.close,
  };
}
