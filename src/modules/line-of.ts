import { readFileSync } from 'node:fs';

/** The first line of a file that has `text`, from 1; 1 where none has. */
export function lineOf(file: string, text: string | RegExp): number {
  const found = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)));
  return found < 0 ? 1 : found + 1;
}
