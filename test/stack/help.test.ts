import { startProgram } from '../support/launcher.ts';

/** Runs a command as an operator does. */
async function run(path: string, option: string) {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const program = startProgram(path, env, { args: [option] });
  const code = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

describe.each([
  ['channel:table', 'src/stack/channel-table.ts'],
  ['build', 'src/stack/bundle.ts'],
])('npm run %s', (name, path) => {
  test('says with --help what it would do, and does nothing', async () => {
    const out = expect.stringMatching(`^usage: npm run ${name}\n\n[^\n]+`);
    expect(await run(path, '--help')).toEqual({ code: 0, out, err: '' });
  });

  test('refuses an option that it does not know', async () => {
    const err = expect.stringContaining("Unknown option '--hlep'");
    expect(await run(path, '--hlep')).toEqual({ code: 2, out: '', err });
  });
});
