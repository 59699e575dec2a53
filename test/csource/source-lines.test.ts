import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourceLines } from '../../src/csource/source-lines.js';
import { sha256 } from '../../src/csource/tree.js';

const root = mkdtempSync(join(tmpdir(), 'lines-'));
afterAll(() => rmSync(root, { recursive: true }));

const FILE = 'arch/x86/mm/tlb.c';
const TEXT = 'int a;\n\tif (a &&\t b)\n\n';
mkdirSync(join(root, 'arch/x86/mm'), { recursive: true });
writeFileSync(join(root, FILE), TEXT);
writeFileSync(join(root, 'other.c'), TEXT);
const ref = { tree: root, variant: 'c/1', base: '6.12', config: [] };
const asCompiled = { ...ref, files: [{ file: FILE, sha256: sha256(TEXT) }] };
const changed = { ...ref, files: [{ file: FILE, sha256: sha256('int b;') }] };

it('shows a line of a file that was compiled, in one line', () => {
  const lineText = sourceLines(asCompiled);
  expect([1, 2, 3, 4, 99].map((line) => lineText({ file: FILE, line }))).toEqual([
    'int a;',
    'if (a && b)',
    null,
    null,
    null,
  ]);
  expect(lineText({ file: 'other.c', line: 1 })).toBeNull();
});

it('shows nothing of a file that is another by now, or gone, unless what is there now was compiled', () => {
  expect(sourceLines(changed)({ file: FILE, line: 1 })).toBeNull();
  expect(sourceLines(changed, root)({ file: FILE, line: 1 })).toBe('int a;');
  expect(sourceLines({ ...asCompiled, tree: join(root, 'gone') })({ file: FILE, line: 1 })).toBeNull();
});
