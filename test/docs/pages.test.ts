import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Pages that are read as text: short enough, and no wider than a window beside an editor. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COLUMNS_MAX = 110;
const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/**
 * Lines of prose that are too long: not tables, headings, quoted code and commands, and what has no place to
 * break.
 */
function tooLong(text: string): string[] {
  return text
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .split('\n')
    .filter((line) => [...line].length > COLUMNS_MAX && !/^(?:\|| {4}|#|\(?`[^`]*`[.:,;)]*$)/.test(line));
}

describe('pages', () => {
  it.each(PAGES)('%s has lines of at most 110 columns', (page) => {
    expect(tooLong(textOf(page))).toEqual([]);
  });

  it('a line that is too long is seen', () => {
    expect(
      tooLong(`${'word '.repeat(30)}\n\`\`\`\n${'x'.repeat(200)}\n\`\`\`\n| ${'y'.repeat(200)} |`),
    ).toHaveLength(1);
  });

  it.each([
    ['README.md', 170],
    ['ARCHITECTURE.md', 140],
  ])('%s has at most %i lines', (page, most) => {
    expect(textOf(page).trimEnd().split('\n').length).toBeLessThanOrEqual(most);
  });
});
