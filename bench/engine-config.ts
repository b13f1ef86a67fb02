import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../src/stack/port.ts';

const run = promisify(execFile);

const databases = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;

/** Makes Temporal's two databases with the SQL tool, which carries the schema of its version. */
export async function makeSchema(sqlTool: string, postgres: URL): Promise<void> {
  const { hostname, port, username, password } = postgres;
  const access = ['--plugin', 'postgres12', '--ep', hostname, '-p', port, '-u', username, '--pw', password]; // prettier-ignore
  for (const [database, schema] of Object.entries(databases)) {
    const tool = (...args: string[]) => run(sqlTool, [...access, '--db', database, ...args]);
    await tool('create');
    await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

/** Writes the server's configuration: one process with all four services, 32 shards. Answers its path. */
export async function writeServerConfig(
  dataDir: string,
  postgres: URL,
  frontendPort: number,
): Promise<string> {
  const [dynamic, path] = [join(dataDir, 'dynamic.yaml'), join(dataDir, 'server.yaml')];
  // A search attribute that was registered a second ago is known at once.
  const always = [{ value: true }];
  writeFileSync(dynamic, JSON.stringify({ 'system.forceSearchAttributesCacheRefreshOnRead': always }));
  writeFileSync(path, JSON.stringify(await serverConfig(postgres, frontendPort, dynamic))); // JSON is YAML
  return path;
} // prettier-ignore

async function serverConfig(postgres: URL, frontendPort: number, dynamic: string) {
  const cluster = {
    enabled: true,
    initialFailoverVersion: 1,
    rpcName: 'frontend',
    rpcAddress: `127.0.0.1:${frontendPort}`,
  };
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: 32,
      datastores: {
        main: { sql: sqlStore(postgres, 'temporal', 40) },
        visibility: { sql: sqlStore(postgres, 'temporal_visibility', 10) },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: await service(frontendPort),
      matching: await service(),
      history: await service(),
      worker: await service(),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: { active: cluster },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
  };
}

function sqlStore({ hostname, port, username, password }: URL, databaseName: string, maxConns: number) {
  return {
    pluginName: 'postgres12',
    databaseName,
    connectAddr: `${hostname}:${port}`,
    connectProtocol: 'tcp',
    user: username,
    password,
    maxConns,
    maxIdleConns: maxConns,
    maxConnLifetime: '1h',
  };
} // prettier-ignore

async function service(grpcPort?: number) {
  const rpc = { grpcPort: grpcPort ?? (await freePort()), membershipPort: await freePort() };
  return { rpc: { ...rpc, bindOnLocalHost: true } };
}
