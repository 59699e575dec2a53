import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Every promise names what shows it, and that is there. */

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/threats.md', ROOT), 'utf8');
const rows = text.split('\n').flatMap((line) => {
  const match = /^\| (.*) \| (.*) \|$/.exec(line);
  return match === null || /^(?:Promise|---)/.test(match[1])
    ? []
    : [{ promise: match[1], shownBy: match[2] }];
});

describe('docs/threats.md', () => {
  it('has promises', () => {
    expect(rows.length).toBeGreaterThan(25);
  });

  it.each(rows)('$promise', ({ shownBy }) => {
    const files = shownBy.match(/`[^`]+`/g)?.map((name) => name.slice(1, -1)) ?? [];
    expect(files).not.toEqual([]);
    for (const file of files) {
      expect(file).toMatch(/^(?:test\/.*\.test\.ts|bench\/.*\.ts)$/);
      expect(existsSync(fileURLToPath(new URL(file, ROOT))), file).toBe(true);
    }
  });
});
