import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decidingFiles } from '../../../scripts/deciding-files.js';
import { proofCells, shippedCell } from '../../../scripts/proof-cells.js';
import { NO_MODULES } from '../../../src/bundle/modules.js';
import { decideStudy } from '../../../src/study/exhaustive/decide-cells.js';
import { remoteTlbGen } from '../../../src/study/remote-tlb-gen.js';
import { parseShipped, type ShippedCell } from '../../../src/study/shipped/shipped-file.js';
import { shippedFile } from '../../../src/study/shipped/shipped-proofs.js';
import { codeHashOf } from '../../../src/vocabulary/code-hash.js';
import { packageRoot } from '../../../src/vocabulary/package-root.js';

/**
 * The verdicts in data/proofs are what this code decides. Where a test here fails, make them anew, a few
 * minutes' work: npx tsx scripts/proofs.ts
 */

const ANEW = 'data/proofs is of other code: npx tsx scripts/proofs.ts makes it anew';
/** Cells with fewer states are decided again, every so many of them. */
const SMALL = 40_000;
const EVERY = 47;

const root = packageRoot();
const carried = parseShipped(readFileSync(new URL(shippedFile(remoteTlbGen.name), root), 'utf8'));

describe('data/proofs', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'shootdown-carried-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('has what this very code decides, by its hash', async () => {
    expect(carried?.files, ANEW).toEqual(await decidingFiles(root));
    expect(carried?.codeHash, ANEW).toBe(codeHashOf(carried?.files ?? [], root));
  });

  it('says something of every row', () => {
    const named = new Set(carried?.rows.map(({ variant }) => variant));
    expect(proofCells().filter(({ row }) => !named.has(row.variant))).toEqual([]);
  });

  it('has what comes of some of it when it is decided again', { timeout: 300_000 }, async () => {
    const cells = proofCells().flatMap((cell) => {
      const brought = carried?.rows
        .find(({ variant }) => variant === cell.row.variant)
        ?.cells.find(({ scenario }) => scenario === cell.scenario.name);
      return brought !== undefined && brought.states < SMALL ? [{ cell, brought }] : [];
    });
    const isAsked = (brought: ShippedCell, at: number): boolean =>
      at % EVERY === 0 || brought.violation?.known !== undefined;
    const asked = cells.filter(({ brought }, at) => isAsked(brought, at)).slice(0, 24);
    expect(asked.some(({ brought }) => brought.violation === undefined)).toBe(true);
    expect(asked.some(({ brought }) => brought.violation !== undefined)).toBe(true);
    const decided = await decideStudy(
      {
        ...{ cells: asked.map(({ cell }) => cell), memory: 'tso', memoryLimit: 2 ** 30, jobs: 1 },
        ...{ statesMax: SMALL, signal: new AbortController().signal },
        ...{ keep: () => null, onCell: () => undefined, onProgress: () => undefined },
      },
      join(directory, 'kept.jsonl'),
      NO_MODULES,
    );
    expect(decided.cells.map(shippedCell)).toEqual(asked.map(({ brought }) => brought));
  });
});
