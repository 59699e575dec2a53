import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/vocabulary/errors.js';
import { isThere } from '../../src/vocabulary/is-there.js';
import { systemError, withHand } from '../faults/faulty-fs.js';

let root = '';
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'is-there-')));
  writeFileSync(join(root, 'file'), '');
  symlinkSync('round', join(root, 'round'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('isThere', () => {
  it('tells what is there from what can never be', () => {
    expect(isThere(join(root, 'file'))).toBe(true);
    expect(isThere(root)).toBe(true);
    const names = ['nothing', 'file/below', 'round', 'x'.repeat(5_000), 'a\0b'];
    expect(names.filter((name) => isThere(join(root, name)))).toEqual([]);
  });

  it.each(['EIO', 'EACCES', 'EMFILE', 'ESTALE'])('does not say no where the system says %s', async (code) => {
    const hand = { before: (call: Parameters<typeof systemError>[1]) => systemError(code, call) };
    await withHand([root], hand, async () => {
      expect(() => isThere(join(root, 'file'))).toThrow(InputError);
      expect(() => isThere(join(root, 'file'))).toThrow(`${join(root, 'file')}: cannot be looked at: `);
    });
  });
});
