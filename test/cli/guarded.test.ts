import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/cli/guarded.js';
import type { CliIo } from '../../src/cli/io.js';
import { colorsFor } from '../../src/report/colors.js';
import { PLANTED, smuggled } from './planted.js';

function world(isTTY: boolean): { io: CliIo; written(): string } {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const stream = { write, isTTY };
  return {
    io: guarded({ stdout: stream, stderr: stream, env: {}, onInterrupt: () => () => {} }),
    written: () => text,
  };
}

describe('what is printed', () => {
  it.each([true, false])('hands the terminal nothing that a text brought along (terminal: %s)', (isTTY) => {
    const { io, written } = world(isTTY);
    io.stdout.write(`${PLANTED}\n`);
    io.stderr.write(PLANTED);
    expect(smuggled(PLANTED).length).toBeGreaterThan(30);
    expect(smuggled(written())).toEqual([]);
    expect(written()).toContain('\\x1b[2J\\x1b[8mhidden');
    expect(written()).toContain('over\\rwritten rubbed\\x08\\x08\\x08out');
  });

  it('keeps our own colours where there are any, and lines', () => {
    const { io, written } = world(true);
    const painted = colorsFor({ isTTY: true }, {}).bold(colorsFor({ isTTY: true }, {}).red('a'));
    io.stdout.write(`${painted}\nö 日本 😀\n`);
    expect(written()).toBe(`${painted}\nö 日本 😀\n`);
    expect(painted).toContain('\u001b[1m');
  });

  it('lets no colour through where there is none', () => {
    const { io, written } = world(false);
    io.stdout.write('\u001b[31mred');
    expect(written()).toBe('\\x1b[31mred');
  });

  it('lets the progress line be erased, and by nobody else', () => {
    const { io, written } = world(true);
    io.stderr.eraseLine?.();
    io.stderr.write('\r\u001b[K');
    expect(written()).toBe('\r\u001b[K\\r\\x1b[K');
  });
});
