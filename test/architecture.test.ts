import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The arrows that must not be: a room imports only from rooms below it (or from the vocabulary that all share). */

const root = fileURLToPath(new URL('..', import.meta.url));
/** Bottom up. Rooms on one line may know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['machine'],
  ['kernel'],
  ['backends', 'rules'],
  ['scenarios', 'oracles'],
  ['variants', 'version.ts', 'unprintable.ts', 'trace'],
  ['drive', 'bundle'],
  ['explore'],
  ['explain'],
  ['findings'],
  ['report'],
  ['modules'],
  ['study'],
  ['cli'],
];
/** Plain data types, and the two errors that tell whose fault something is: every layer may name them. */
const VOCABULARY = new Set(['scenarios/scenario.ts', 'findings/finding.ts', 'findings/errors.ts']);

function files(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? files(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const roomOf = (path: string): string => path.split('/')[0];
const levelOf = (path: string): number => LAYERS.findIndex((layer) => layer.includes(roomOf(path)));

describe('layers', () => {
  const source = join(root, 'src');
  const arrows = files(source).flatMap((file) => {
    const from = relative(source, file);
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/from '(\.[^']+)\.js'/g)].map((match) => ({
      from,
      to: relative(source, `${resolve(dirname(file), match[1])}.ts`),
    }));
  });

  it('finds the imports', () => {
    expect(arrows.length).toBeGreaterThan(100);
  });

  it('point one way', () => {
    const wrong = arrows.filter(({ from, to }) => {
      if (VOCABULARY.has(to) || levelOf(from) < 0 || levelOf(to) < 0) return false;
      return levelOf(from) < levelOf(to);
    });
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });
});
