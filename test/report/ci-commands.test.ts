import { describe, expect, it } from 'vitest';
import { CommandBreaker, withoutForeignCommands } from '../../src/report/ci-commands.js';
import { annotation } from '../../src/report/reporters/workflow-command.js';
import { attributes, cdata } from '../../src/report/reporters/xml.js';
import { printableJson } from '../../src/vocabulary/unprintable.js';
import { commandsIn, FOREIGN } from './ci-reader.js';

/** No text of others is a command to CI; our own are. */

describe('text of others', () => {
  it('would be commands', () => {
    for (const text of FOREIGN) expect(commandsIn(text)).toHaveLength(1);
  });

  it.each(FOREIGN)('is none after it has been printed: %j', (text) => {
    expect(commandsIn(withoutForeignCommands(text))).toEqual([]);
    expect(commandsIn(withoutForeignCommands(`a\n${text}\nb`))).toEqual([]);
  });

  it.each(FOREIGN)('is none however it is divided: %j', (text) => {
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const breaker = new CommandBreaker();
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second), text];
        const printed = pieces.map((piece) => breaker.broken(piece)).join('');
        expect(commandsIn(printed)).toEqual([]);
        expect(printed.replaceAll('\\u003a', ':').replaceAll('\\u005b', '[')).toBe(text + text);
      }
    }
  });

  it.each(['a :: b', 'x::y\n', 'C::D', '## [a]', '# [', ': :'])(
    'is left alone where it is no command: %j',
    (text) => {
      const breaker = new CommandBreaker();
      expect(breaker.broken('> ') + breaker.broken(text)).toBe(`> ${text}`);
    },
  );

  it('is none where a painted or very long blank line comes before it', () => {
    for (const before of ['\u001b[31m', ' '.repeat(100_000), '\u001b[1m \u001b[22m'])
      expect(withoutForeignCommands(`${before}::error::x`)).toBe(`${before}:\\u003aerror::x`);
  });

  it('costs time in proportion to its length', () => {
    // Of the processor: a machine that does other things too is no slower by this clock.
    const begun = process.cpuUsage();
    withoutForeignCommands(`${'\n : '.repeat(1_000_000)}${'#'.repeat(1_000_000)}${' '.repeat(1_000_000)}`);
    expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(3_000);
  });

  it('knows what was printed past it', () => {
    const breaker = new CommandBreaker();
    breaker.note('::notice::ours');
    expect(breaker.broken('::x::')).toBe('::x::');
    breaker.note('\n');
    expect(breaker.broken('::x::')).toBe(':\\u003ax::');
  });
});

describe('documents', () => {
  it('mean the same', () => {
    for (const text of FOREIGN) {
      const json = printableJson(JSON.stringify({ text }, null, 2));
      expect(JSON.parse(json)).toEqual({ text });
      expect(commandsIn(json)).toEqual([]);
      const xml = `<a${attributes({ text })}>\n${cdata(text)}</a>`;
      expect(commandsIn(xml)).toEqual([]);
      expect(withoutForeignCommands(xml)).toBe(xml);
    }
  });
});

describe('our own commands', () => {
  it.each(FOREIGN)('are one line each, and hold no other: %j', (text) => {
    const command = annotation('error', { file: text, line: 1 }, text, [text, text]);
    expect(commandsIn(command)).toEqual([command]);
    expect(command.match(/##(?:vso|teamcity)?\[/i)).toBeNull();
  });
});
