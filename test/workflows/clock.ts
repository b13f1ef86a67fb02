import type { Store } from '../../src/store/store.ts';

/** The store with the engine's time also where no transaction is opened. */
export function clocked(store: Store, aheadMs: () => Promise<number>): Store {
  const query = async (text: string, values?: unknown[]) => {
    const db = await store.pool.connect();
    try {
      await db.query(`select set_config('holdfast.clock_offset_ms', $1, false)`, [
        String(await aheadMs()),
      ]);
      return await db.query(text, values);
    } finally {
      db.release();
    }
  };
  const pool = new Proxy(store.pool, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)) as unknown,
  }); // prettier-ignore
  return { ...store, pool };
}
