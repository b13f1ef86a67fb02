import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the pages point to is there: whoever follows them is not led astray by what was renamed since. */
const folders = ['src', 'test', 'docs', 'chaos', 'fuzz', 'bench', 'deploy'];
const files = [
  ...readdirSync('.'),
  ...folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
];
const pages = files.filter((file) => /^(README|docs\/.*)\.md$/.test(file));
const read = (file: string) => readFileSync(file, 'utf8');
const architecture = read('docs/architecture.md');

/** All matches of a pattern on all pages, as "page: what it names". */
const named = (pattern: RegExp, isThere: (...groups: string[]) => boolean) =>
  pages.flatMap((page) =>
    [...read(page).matchAll(pattern)]
      .filter(([, ...groups]) => !isThere(...groups))
      .map(([what]) => `${page}: ${what}`),
  );

/** A page may leave out the folders that its sentence has named. */
const at = (path: string) => files.filter((file) => file === path || file.endsWith(`/${path}`));

test('every file that a page names is there', () => {
  const file = /`([\w./-]+\.(?:ts|sql|md|sh|patch))(?=[ `#])/g;
  expect(named(file, (path) => at(path).length > 0)).toEqual([]);
});

test('every name in a file that a page names stands there', () => {
  const place = /`([\w./-]+\.ts) (\w+)[`(]/g;
  const isThere = (path: string, name: string) =>
    at(path).some((file) => new RegExp(`\\b${name}\\b`).test(read(file)));
  expect(named(place, isThere)).toEqual([]);
});

test('every decision that a page or a comment names is there', () => {
  const numbers = new Set(files.map((file) => /^docs\/decisions\/(\d{4})-/.exec(file)?.[1]));
  expect(named(/[Dd]ecisions? (\d{4})/g, (number) => numbers.has(number))).toEqual([]);
  const code = files.filter((file) => /^(src|chaos|fuzz|bench)\/.*\.(ts|sql)$/.test(file));
  const inCode = code.flatMap((file) => [...read(file).matchAll(/[Dd]ecisions? (\d{4})/g)]);
  expect(inCode.map(([, number]) => number).filter((number) => !numbers.has(number))).toEqual([]);
});

test('every command of the pages is one of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(named(/npm run (?:--silent )?([\w:-]+)/g, (name) => name in scripts)).toEqual([]);
});

test('every test that the architecture page quotes as a proof has that title', () => {
  const proofs = architecture.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  const missing = proofs.flatMap((line) => {
    let of = '';
    const quoted = [...line.matchAll(/`([\w/.-]+\.test\.ts)`|"([^"]+)"/g)];
    return quoted.flatMap(([, file, title]) => {
      of = file ? read(at(file)[0]!) : of;
      return title === undefined || of.includes(title) ? [] : [title];
    });
  });
  expect(missing).toEqual([]);
});

test('every table of the database stands on the architecture page', () => {
  const migrations = files.filter((file) => file.startsWith('src/store/migrations/'));
  const made = migrations.flatMap((file) => [...read(file).matchAll(/create table (\w+)/g)]);
  const renamed = migrations.flatMap((file) => [...read(file).matchAll(/alter table (\w+) rename to/g)]);
  const former = new Set(renamed.map(([, name]) => name));
  const tables = made.map(([, name]) => name!).filter((name) => !former.has(name));
  expect(tables.length).toBeGreaterThan(30);
  expect(tables.filter((table) => !architecture.includes(`\`${table}\``))).toEqual([]);
}); // prettier-ignore
