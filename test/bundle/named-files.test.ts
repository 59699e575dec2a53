import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const isThere = (name: string): boolean =>
  [name, `${name}.ts`, `../workers/${name}.ts`].some((path) => existsSync(join(SRC, path)));

/** Files that are named in strings, which no type check follows when a file is renamed. */
it('files that sources ask for by name are there', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const named = files.flatMap((file) =>
    [...readFileSync(`${SRC}${file}`, 'utf8').matchAll(/\b(?:sourceFile\(|entry: )'([^']+)'/g)].map(
      ([, name]) => ({ file, name }),
    ),
  );
  expect(named.length).toBeGreaterThan(7);
  expect(named.filter(({ name }) => !isThere(name))).toEqual([]);
});

it.each(['bundle/bundle.ts', 'lowering/plugin.ts'])('rooms and files that %s lists are there', (file) => {
  const text = readFileSync(`${SRC}${file}`, 'utf8').replaceAll(/^import .*$/gm, '');
  const names = [...text.matchAll(/'([a-z][\w-]*\/[\w/-]*)'/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});
