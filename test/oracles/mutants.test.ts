import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Condition } from './conditions.js';
import { type Mutant, withMutants } from './mutants.js';

/**
 * The tests of the oracles, tested: every condition of every oracle is negated, dropped or moved by one, and
 * conditions.ts must notice. An oracle whose condition nobody would miss is one that may be wrong and say
 * nothing.
 */

const folder = mkdtempSync(join(tmpdir(), 'shootdown-mutants-'));
const oracles = fileURLToPath(new URL('../../src/oracles/', import.meta.url));
/** What counts, and what hands hooks on, judges nothing. */
const NO_ORACLES = ['board.ts', 'counters.ts', 'index.ts', 'oracle.ts', 'slot-meter.ts'];
const mutants: Mutant[] = [];
let conditions: readonly Condition[] = [];
const running = globalThis as { __mutant?: number; __asked?: number };

/** Mutants that nothing can tell from the original, and why. */
const EQUAL: readonly (readonly [file: string, condition: string, change: Mutant['change'], why: string])[] =
  [
    [
      'gen-ahead.ts',
      'machine.ghost.isNewest(index, version)',
      'false',
      'a shortcut: of the newest version nothing is due',
    ],
    ['csd.ts', 'state.size === 0', 'false', 'a shortcut: the list of nothing is empty'],
    ['gen-ahead.ts', 'mm < 0', 'other side of the bound', 'mm 0 is none: nothing is filled under it'],
  ];

beforeAll(async () => {
  const outfile = join(folder, 'conditions.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./conditions.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutants',
        setup(plugin) {
          plugin.onLoad({ filter: /src[\\/]oracles[\\/][\w-]+\.ts$/ }, ({ path }) => {
            const file = path.replace(/^.*[\\/]/, '');
            const text = readFileSync(path, 'utf8');
            return {
              contents: NO_ORACLES.includes(file) ? text : withMutants(file, text, mutants),
              loader: 'ts',
            };
          });
        },
      },
    ],
  });
  conditions = ((await import(pathToFileURL(outfile).href)) as { conditions: readonly Condition[] })
    .conditions;
});
afterAll(() => {
  running.__mutant = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Whether any check fails on the mutant. */
function isNoticed(mutant: number): boolean {
  running.__mutant = mutant;
  running.__asked = 0;
  try {
    for (const { check } of conditions) check();
    return false;
  } catch {
    return true;
  } finally {
    running.__mutant = -1;
  }
}

describe('a mutant of an oracle', () => {
  it('is made of every oracle', () => {
    const judging = readdirSync(oracles).filter((file) => !NO_ORACLES.includes(file));
    // Who has no condition judges by being called at all.
    const without = judging.filter((file) => !mutants.some((mutant) => mutant.file === file));
    expect(without).toEqual(['unlock-of-free.ts']);
    expect(mutants.length).toBeGreaterThan(100);
  });

  it('is none where none is chosen', () => {
    expect(isNoticed(-1)).toBe(false);
  });

  it('is noticed', () => {
    const isEqual = ({ file, condition, change }: Mutant): boolean =>
      EQUAL.some((one) => one[0] === file && one[1] === condition && one[2] === change);
    const survivors = mutants.flatMap((mutant, n) => (isNoticed(n) || isEqual(mutant) ? [] : [mutant]));
    expect(
      survivors.map(({ file, line, condition, change }) => `${file}:${line} ${condition}: ${change}`),
    ).toEqual([]);
  });
});
