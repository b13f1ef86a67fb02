import { createKeyring } from '../../src/store/keyring.ts';

/** Of every store of the tests. */
export const keyring = createKeyring([{ id: 'test', bytes: Buffer.alloc(32, 7) }]);
