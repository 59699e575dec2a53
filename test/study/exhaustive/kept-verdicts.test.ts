import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeptVerdicts } from '../../../src/study/exhaustive/kept-verdicts.js';
import { afterCut } from '../../faults/after-cut.js';
import { cellOf, verdictOf } from './cells.js';

const V4 = ['kvm/v4', 'dontneed-full'] as const;
const V5 = ['kvm/v5', 'dontneed-full'] as const;
const allowed = { budgetMs: 5_000, memoryLimit: 2 ** 30 };

describe('verdicts that are kept', () => {
  let directory = '';
  let number = 0;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'shootdown-kept-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (): string => join(directory, `sub${number++}`, 'verdicts.jsonl');

  it('are found by a later run', () => {
    const path = file();
    new KeptVerdicts(path, 'a').add(cellOf(...V4), verdictOf(...V4), allowed);
    const later = new KeptVerdicts(path, 'a');
    expect(later.find(cellOf(...V4), 'tso', allowed)).toEqual(verdictOf(...V4));
    expect(later.find(cellOf(...V5), 'tso', allowed)).toBeNull();
    expect(later.find(cellOf(...V4), 'sc', allowed)).toBeNull();
  });

  it('are there after a power cut, also the first of a file that is new', async () => {
    const room = join(directory, 'new');
    mkdirSync(room);
    const path = join(room, 'verdicts.jsonl');
    const left = await afterCut(room, () => {
      new KeptVerdicts(path, 'a').add(cellOf(...V4), verdictOf(...V4), allowed);
    });
    const text = readFileSync(path, 'utf8');
    expect(left.map((files) => files.get(path))).toEqual(left.map(() => text));
  });

  it('do not count where other code has decided, or of a scenario that has changed', () => {
    const path = file();
    new KeptVerdicts(path, 'a').add(cellOf(...V4), verdictOf(...V4), allowed);
    expect(new KeptVerdicts(path, 'b').find(cellOf(...V4), 'tso', allowed)).toBeNull();
    const cell = cellOf(...V4);
    const changed = { ...cell, scenario: { ...cell.scenario, slots: 2 } };
    expect(new KeptVerdicts(path, 'a').find(changed, 'tso', allowed)).toBeNull();
  });

  it('are whole up to where a run was killed, and a later one goes on behind it', () => {
    const path = file();
    const kept = new KeptVerdicts(path, 'a');
    kept.add(cellOf(...V4), verdictOf(...V4), allowed);
    kept.add(cellOf(...V5), verdictOf(...V5), allowed);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, text.length - 20));
    const later = new KeptVerdicts(path, 'a');
    expect(later.count).toBe(1);
    later.add(cellOf(...V5), verdictOf(...V5), allowed);
    expect(new KeptVerdicts(path, 'a').count).toBe(2);
  });

  it('are asked again where there was too little time or memory, and now there is more', () => {
    const path = file();
    const late = verdictOf(...V4, { complete: false, ended: 'time' });
    new KeptVerdicts(path, 'a').add(cellOf(...V4), late, allowed);
    const later = new KeptVerdicts(path, 'a');
    expect(later.find(cellOf(...V4), 'tso', allowed)).toEqual(late);
    for (const more of [{ budgetMs: 6_000 }, { budgetMs: undefined }, { memoryLimit: 2 ** 31 }])
      expect(later.find(cellOf(...V4), 'tso', { ...allowed, ...more })).toBeNull();
  });

  it('are asked again where there were too few states, and now more are allowed', () => {
    const path = file();
    const few = verdictOf(...V4, { complete: false, ended: 'states', states: 1_001 });
    new KeptVerdicts(path, 'a').add(cellOf(...V4), few, allowed);
    const later = new KeptVerdicts(path, 'a');
    expect(later.find(cellOf(...V4), 'tso', { ...allowed, statesMax: 1_000 })).toEqual(few);
    for (const statesMax of [2_000, undefined])
      expect(later.find(cellOf(...V4), 'tso', { ...allowed, statesMax })).toBeNull();
  });

  it('are told from other files', () => {
    const path = file();
    new KeptVerdicts(path, 'a').add(cellOf(...V4), verdictOf(...V4), allowed);
    appendFileSync(path, '{"format": "shootdown-finding"}\n');
    expect(() => new KeptVerdicts(path, 'a')).toThrow(`${path}:2: no verdict of an exhaustive study`);
    // Which nothing is to be added to.
    for (const text of [
      '# Notes\n',
      'half a line',
      '\0\0\n',
      '{"x": [1,\n2]}\n',
      `${'['.repeat(2 ** 21)}\n`,
    ]) {
      writeFileSync(path, text);
      expect(() => new KeptVerdicts(path, 'a')).toThrow(`${path}:1: no verdict of an exhaustive study`);
    }
    expect(() => new KeptVerdicts('/dev/zero', 'a')).toThrow('/dev/zero: not a regular file');
  });
});
