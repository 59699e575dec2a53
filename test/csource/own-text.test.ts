import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ownTextHash } from '../../src/csource/own-text.js';

const folder = mkdtempSync(join(tmpdir(), 'own-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const room = join(folder, 'csource');
cpSync(fileURLToPath(new URL('../../src/csource', import.meta.url)), room, { recursive: true });

describe('the hash that kept translations are found by', () => {
  it('is the same wherever the files are', () => {
    expect(ownTextHash(room)).toBe(ownTextHash());
  });

  it.each(['runtime/index.ts', 'translate/imports.ts', 'shims/lab/operations.h'])(
    'is another with %s',
    (file) => {
      const text = readFileSync(join(room, file), 'utf8');
      writeFileSync(join(room, file), text.replace('irqs_on', 'irqs_are_on'));
      expect(ownTextHash(room)).not.toBe(ownTextHash());
      writeFileSync(join(room, file), text);
      expect(ownTextHash(room)).toBe(ownTextHash());
    },
  );
});
