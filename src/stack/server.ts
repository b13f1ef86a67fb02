import { CannotStart } from './cannot-start.ts';
import { embeddedPostgres, selects } from './postgres.ts';
import type { StackSettings } from './settings.ts';
import type { Supervisor } from './supervisor.ts';
import { registerSearchAttributes, temporalAnswers, temporalServer } from './temporal.ts';

/** The database's URL: DATABASE_URL, else that of an embedded PostgreSQL, kept up on the port it first got. */
export async function keepPostgres(
  settings: StackSettings,
  supervisor: Supervisor,
): Promise<string> {
  if (settings.databaseUrl) {
    if (await selects(settings.databaseUrl).catch(() => false)) return settings.databaseUrl;
    throw new CannotStart('DATABASE_URL: no PostgreSQL answers there');
  }
  const { dataDir } = settings;
  const { spawn } = supervisor;
  let port = settings.postgresPort;
  let url = '';
  await supervisor.keep('postgres', async () => {
    const server = await embeddedPostgres({ dataDir, port, spawn });
    url = server.url;
    port = Number(new URL(url).port);
    return server.child;
  });
  return url;
}

/** Where Temporal and its UI are: TEMPORAL_ADDRESS (and TEMPORAL_UI_URL), else an embedded server, kept up. */
export async function keepTemporal(
  settings: StackSettings,
  supervisor: Supervisor,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<{ readonly address: string; readonly uiUrl: string }> {
  const given = settings.temporalAddress;
  if (given) {
    if (!(await temporalAnswers(given)))
      throw new CannotStart(`TEMPORAL_ADDRESS: no Temporal answers at ${given}`);
    await registerSearchAttributes(given, settings.env['TEMPORAL_NAMESPACE'] ?? 'default', say);
    return { address: given, uiUrl: settings.temporalUiUrl };
  }
  const { dataDir, temporalPort: port, temporalUiPort: uiPort } = settings;
  const options = { dataDir, port, uiPort, say, spawn: supervisor.spawn, signal };
  await supervisor.keep('temporal', async () => (await temporalServer(options)).child);
  return { address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}` };
}
