import { createServer, type Server } from 'node:net';

import { channelNames } from '../../src/sandbox/channel.ts';
import { portSetting } from '../../src/sandbox/channel-port.ts';
import { freePort, takenPorts } from '../../src/stack/port.ts';
import { readSettings } from '../../src/stack/settings.ts';

describe('the settings of a stack', () => {
  test('have the defaults of the contract', () => {
    expect(readSettings({})).toMatchObject({
      port: 8080,
      sandboxPort: 8090,
      channelPorts: {
        'wechat-pay': 8091,
        stripe: 8092,
        alipay: 8093,
        paypal: 8094,
        'bank-transfer': 8095,
        adyen: 8096,
        unionpay: 8097,
      },
      temporalPort: 7233,
      temporalUiPort: 8233,
      postgresPort: undefined,
      dataDir: `${process.cwd()}/.data`,
      publicUrl: 'http://127.0.0.1:8080',
      workers: 1,
      production: false,
    });
  });

  test('take an empty value for none', () => {
    expect(readSettings({ PORT: '', DATA_DIR: '', DATABASE_URL: '' })).toMatchObject({
      port: 8080,
      dataDir: `${process.cwd()}/.data`,
      databaseUrl: undefined,
    });
  });

  test('give each worker a port of its own for its metrics, and none unasked', () => {
    const metrics = { METRICS_PORT: '65533', WORKER_COUNT: '3' };
    expect(readSettings(metrics).metricsPorts).toEqual([65_533, 65_534, 65_535]);
    expect(readSettings({ WORKER_COUNT: '3' }).metricsPorts).toEqual([]);
    expect(() => readSettings({ ...metrics, WORKER_COUNT: '4' })).toThrow(
      new Error("METRICS_PORT leaves no port for each of 4 workers, not '65533'"),
    );
  });

  test('know production', () => {
    expect(readSettings({ NODE_ENV: 'production' }).production).toBe(true);
  });

  test.each([
    ['PORT', 'x', "PORT must be a port number, not 'x'"],
    ['PORT', '70000', "PORT must be between 1 and 65535, not '70000'"],
    ['SANDBOX_PORT', '0', "SANDBOX_PORT must be between 1 and 65535, not '0'"],
    ['SANDBOX_WECHAT_PAY_PORT', '-1', "SANDBOX_WECHAT_PAY_PORT must be a port number, not '-1'"],
    ['TEMPORAL_PORT', '7.5', "TEMPORAL_PORT must be a port number, not '7.5'"],
    ['TEMPORAL_UI_PORT', '1e3', "TEMPORAL_UI_PORT must be a port number, not '1e3'"],
    ['POSTGRES_PORT', 'five', "POSTGRES_PORT must be a port number, not 'five'"],
    ['WORKER_COUNT', '0', "WORKER_COUNT must be 1 to 99, not '0'"],
    ['METRICS_PORT', '0', "METRICS_PORT must be between 1 and 65535, not '0'"],
    ['LISTEN_ADDRESS', 'all', "LISTEN_ADDRESS must be an IP address, like 0.0.0.0, not 'all'"],
    [
      'LISTEN_ADDRESS',
      '10.0.0.5',
      "LISTEN_ADDRESS must be one of 127.0.0.1, 0.0.0.0, :: here, not '10.0.0.5'",
    ],
    ['TEMPORAL_ADDRESS', 'here', "TEMPORAL_ADDRESS must be host:port, not 'here'"],
    ['DATABASE_URL', 'mysql://x', "DATABASE_URL must be a postgres:// URL, not 'mysql://x'"],
    [
      'POLL_SCHEDULE',
      '5;10',
      "POLL_SCHEDULE must be seconds separated by commas, like 5,10,30, not '5;10'",
    ],
    [
      'SECRET_KEYS',
      'k1:short',
      'SECRET_KEYS must be id:key by commas, each key 32 bytes in base64 (openssl rand -base64 32)',
    ],
    ['MIN_EXPIRES_IN', '0', "MIN_EXPIRES_IN must be between 1 and 604800, not '0'"],
    ['PUBLIC_URL', 'nowhere', "PUBLIC_URL Invalid URL, not 'nowhere'"],
  ])('refuse %s=%s in one line that names it', (name, value, line) => {
    expect(() => readSettings({ [name]: value })).toThrow(new Error(line));
  });

  test('name every wrong value, a line each', () => {
    expect(() => readSettings({ PORT: 'x', CIRCUIT_RETRY_S: 'y' })).toThrow(
      new Error(
        "PORT must be a port number, not 'x'\nCIRCUIT_RETRY_S must be a whole number, not 'y'",
      ),
    );
  });
});

describe('a port', () => {
  const channels = channelNames.map(portSetting);
  let holder: Server;
  let held: number;

  beforeAll(async () => {
    held = await freePort();
    holder = createServer();
    await new Promise<void>((resolve) => holder.listen(held, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => holder.close(resolve)));

  const free = async () => ({
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
    TEMPORAL_PORT: String(await freePort()),
    TEMPORAL_UI_PORT: String(await freePort()),
    ...Object.fromEntries(
      await Promise.all(channels.map(async (name) => [name, String(await freePort())] as const)),
    ),
  });

  test.each([
    'PORT',
    'SANDBOX_PORT',
    ...channels,
    'TEMPORAL_PORT',
    'TEMPORAL_UI_PORT',
    'POSTGRES_PORT',
    'METRICS_PORT',
  ])('that is taken is named with its setting %s', async (name) => {
    const lines = await takenPorts(readSettings({ ...(await free()), [name]: String(held) }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name}\\b.*: port ${held} is taken; set another$`));
  });

  test('that two settings name is no port for both', async () => {
    const env = await free();
    const lines = await takenPorts(readSettings({ ...env, TEMPORAL_PORT: env.PORT }));
    expect(lines).toEqual([`TEMPORAL_PORT: port ${env.PORT} is that of PORT too; set another`]);
  });

  test('of a server that is given elsewhere may be taken', async () => {
    const given = { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_PORT: String(held) };
    expect(await takenPorts(readSettings({ ...(await free()), ...given }))).toEqual([]);
  });
});
