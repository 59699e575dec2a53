import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseShipped,
  type ShippedCell,
  type ShippedFile,
  serializeShipped,
} from '../../../src/study/shipped/shipped-file.js';
import { ShippedProofs, shippedFile } from '../../../src/study/shipped/shipped-proofs.js';
import { codeHashOf, valueHashOf } from '../../../src/vocabulary/code-hash.js';
import { cellOf } from '../exhaustive/cells.js';

describe('verdicts that the package brings', () => {
  let root = new URL('file:///');
  beforeAll(() => {
    root = pathToFileURL(`${mkdtempSync(`${tmpdir()}/shootdown-shipped-`)}/`);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const write = (file: string, text: string): void => {
    const path = fileURLToPath(new URL(file, root));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const { row, scenario } = cellOf('kvm/v5', 'preempted-whole');
  const { scenario: other } = cellOf('kvm/v5', 'lazy-back-whole');
  const bring = (cells: readonly ShippedCell[], more: Partial<ShippedFile> = {}): ShippedProofs => {
    write('src/a.ts', 'export const a = 1;\n');
    const file: ShippedFile = {
      ...{ format: 'shootdown-proofs', version: 1, study: 'made-up', memory: 'tso', files: ['src/a.ts'] },
      codeHash: codeHashOf(['src/a.ts'], root),
      scenarios: { [scenario.name]: valueHashOf(scenario), [other.name]: valueHashOf(other) },
      rows: [{ variant: 'kvm/v5', cells }],
      ...more,
    };
    expect(parseShipped(serializeShipped(file))).toEqual(file);
    write(shippedFile('made-up'), serializeShipped(file));
    return ShippedProofs.read('made-up', [scenario, other], root);
  };
  const right = (name: string): ShippedCell => ({ scenario: name, states: 1_000 });
  const wrong = (name: string, steps: number): ShippedCell => ({
    ...right(name),
    violation: { class: 'stale-use', steps },
  });

  it('are told of a row: the shortest witness, and of how much no execution goes wrong', () => {
    const shipped = bring([right('preempted-whole'), right('lazy-back-whole')]);
    expect(shipped).toMatchObject({ isCurrent: true, scenarios: ['preempted-whole', 'lazy-back-whole'] });
    expect(shipped.of(row)).toMatchObject({ witness: null, states: 2_000, refuted: [], partly: [] });
    expect(bring([wrong('preempted-whole', 85), wrong('lazy-back-whole', 72)]).of(row)).toMatchObject({
      witness: { class: 'stale-use', steps: 72, scenario: 'lazy-back-whole' },
      proved: [],
    });
  });

  it('name what is known of the kernel beneath, which is no witness', () => {
    const known = { class: 'stale-use', steps: 60, known: 'left-mask-before-cr3' } as const;
    expect(bring([{ ...right('preempted-whole'), violation: known }]).of(row)).toMatchObject({
      ...{ witness: null, proved: [], states: 0 },
      known: [{ finding: 'left-mask-before-cr3', scenario: 'preempted-whole' }],
    });
  });

  it('say nothing of rows that they do not have', () => {
    expect(bring([right('preempted-whole')]).of(cellOf('kvm/v4', 'preempted-whole').row)).toBeNull();
  });

  it('count for nothing where the code is another one, is gone, or nothing is brought', () => {
    bring([right('preempted-whole')]);
    const read = (): ShippedProofs => ShippedProofs.read('made-up', [scenario, other], root);
    write('src/a.ts', '/** Says why. */\nexport const a =\n  1;\n');
    expect(read().isCurrent).toBe(true);
    for (const text of ['export const a = 2;\n', 'export const a = 1; // and more\n']) {
      write('src/a.ts', text);
      expect(read().isCurrent, text).toBe(false);
      expect(read().of(row)).toBeNull();
    }
    rmSync(new URL('src/a.ts', root));
    expect(read().isCurrent).toBe(false);
    expect(ShippedProofs.read('nothing', [scenario], root).isCurrent).toBe(false);
    write(shippedFile('broken'), '{"format": ');
    expect(ShippedProofs.read('broken', [scenario], root).isCurrent).toBe(false);
  });

  it('count for nothing in a scenario that has changed, and for all in the others', () => {
    const changed = { [scenario.name]: valueHashOf({ ...scenario, slots: 2 }) };
    const shipped = bring([right('preempted-whole'), right('lazy-back-whole')], {
      scenarios: { [other.name]: valueHashOf(other), ...changed },
    });
    expect(shipped).toMatchObject({ isCurrent: true, scenarios: ['lazy-back-whole'] });
    expect(shipped.of(row)).toMatchObject({ proved: ['lazy-back-whole'], states: 1_000 });
  });
});
