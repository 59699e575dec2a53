import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsed } from '../../bench/arguments.js';

describe("a bench's arguments", () => {
  it('have the types of their defaults', () => {
    const given = parsed({ rounds: 15, only: 'all', info: false }, ['--rounds', '7', '--info', 'there']);
    expect(given).toEqual({ rounds: 7, only: 'all', info: true, isRecorded: false, positionals: ['there'] });
    expect(parsed({}, ['--record']).isRecorded).toBe(true);
  });

  it.each([
    [['--rounds', 'many'], '--rounds needs a number, 0 or more'],
    [['--rounds', ''], '--rounds needs a number, 0 or more'],
    [['--round', '3'], "Unknown option '--round'"],
  ])('%j is refused', (argv, message) => {
    expect(() => parsed({ rounds: 15 }, argv)).toThrow(message);
  });

  it('are taken apart in one place', () => {
    const files = readdirSync('bench', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== 'arguments.ts')
      .filter((name) => /parseArgs\(/.test(readFileSync(`bench/${name}`, 'utf8')));
    expect(files).toEqual([]);
  });
});
