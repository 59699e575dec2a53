import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../architecture/arrows.js';

/** What comments name by a letter and a number (A0.5, F3, R1, B27) stands in docs/reference.md. */

/** Letters of the reference, as `(B27)`, `A24 of the reference`, `F3:`; not `P0` of a litmus test or `I32`. */
const NAMED = /\b(?:[ABFR]\d{1,2}|I[1-7])(?:\.\d+)?[a-z]?\b/g;

const reference = readFileSync(join(ROOT, 'docs/reference.md'), 'utf8');

function isThere(name: string): boolean {
  const [section, point] = name.split('.');
  if (point === undefined) return new RegExp(`\\b${section}\\b`).test(reference) || isBetween(section);
  if (new RegExp(`\\b${name.replace('.', '\\.')}\\b`).test(reference)) return true;
  const [, text = ''] = reference.split(`\n## ${section}.`);
  return new RegExp(`^${point}\\. `, 'm').test(text.split('\n## ')[0]);
}

/** `## A4 to A8` has A6. */
function isBetween(name: string): boolean {
  const number = Number(name.slice(1));
  return [...reference.matchAll(/^## ([A-Z])(\d+) to [A-Z](\d+)\./gm)].some(
    ([, letter, from, to]) => name.startsWith(letter) && Number(from) <= number && number <= Number(to),
  );
}

/** The comments of a source file. */
const comments = (text: string): string => (text.match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? []).join('\n');

it('what comments refer to stands in the reference', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const names = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => comments(readFileSync(join(ROOT, 'src', file), 'utf8')).match(NAMED) ?? []);
  expect(names.length).toBeGreaterThan(50);
  expect([...new Set(names)].filter((name) => !isThere(name))).toEqual([]);
});

it.each([
  ['A0.5', true],
  ['A0.12', false],
  ['A6', true],
  ['A28', false],
  ['B20c', true],
  ['B99', false],
  ['F3', true],
  ['A27.4', true],
  ['A27.9', false],
])('%s', (name, there) => {
  expect(isThere(name)).toBe(there);
});
