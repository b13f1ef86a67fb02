import pg from 'pg';

/**
 * Does `work` over one connection of its own, and ends it. Rejects as the statement does in which it breaks; between two it
 * may break too, which ends a Node process where nobody hears it.
 */
export async function withClient<T>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<T>,
  connectWithinMs = 10_000,
): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectWithinMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
