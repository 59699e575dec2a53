import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../src/cli/io.js';
import { processTerminal, screenText } from '../../src/cli/terminal.js';

class FakeStdin extends EventEmitter {
  isTTY = true;
  isRaw = false;
  isRead = false;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  setEncoding(): this {
    return this;
  }
  resume(): this {
    this.isRead = true;
    return this;
  }
  pause(): this {
    this.isRead = false;
    return this;
  }
}

class FakeStdout extends EventEmitter {
  isTTY = true;
  writable = true;
  rows = 10;
  columns = 50;
  text = '';
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

const ENTERED = '\u001b[?1049h';
const LEFT = '\u001b[?1049l';
const EVENTS = ['exit', 'uncaughtExceptionMonitor', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGCONT'] as const;
const listenersOf = (event: string): ((...args: never[]) => void)[] =>
  process.listeners(event as 'exit') as never;
const counts = () => EVENTS.map((event) => listenersOf(event).length);

function setUp(env: Record<string, string> = {}) {
  const stdin = new FakeStdin();
  const stdout = new FakeStdout();
  const terminal = processTerminal(stdin as unknown as ReadStream, stdout as unknown as WriteStream, env);
  return { stdin, stdout, terminal: terminal as Terminal };
}

describe('the terminal', () => {
  it('is none without a terminal on both sides, or on a dumb one', () => {
    const { stdin, stdout } = setUp();
    const make = (change: { in?: boolean; out?: boolean; term?: string }) =>
      processTerminal(
        Object.assign(stdin, { isTTY: change.in ?? true }) as unknown as ReadStream,
        Object.assign(stdout, { isTTY: change.out ?? true }) as unknown as WriteStream,
        { TERM: change.term ?? 'xterm' },
      );
    expect(make({ in: false })).toBeUndefined();
    expect(make({ out: false })).toBeUndefined();
    expect(make({ term: 'dumb' })).toBeUndefined();
    expect(make({})).toMatchObject({ rows: 10, columns: 50 });
  });

  it('hands keys and sizes on while it is open, and takes everything back once', () => {
    const { stdin, stdout, terminal } = setUp();
    const before = counts();
    const heard: string[] = [];
    const close = terminal.open({
      onInput: (text) => heard.push(text),
      onResize: () => heard.push('resize'),
      onEnd: () => heard.push('end'),
    });
    expect([stdin.isRaw, stdin.isRead, stdout.text.startsWith(ENTERED)]).toEqual([true, true, true]);
    expect(counts()).toEqual(before.map((count) => count + 1));
    stdin.emit('data', 'j');
    stdout.emit('resize');
    stdin.emit('end');
    expect(heard).toEqual(['j', 'resize', 'end']);
    close();
    close();
    expect([stdin.isRaw, stdin.isRead]).toEqual([false, false]);
    expect(stdout.text.split(LEFT)).toHaveLength(2);
    expect(counts()).toEqual(before);
    stdin.emit('data', 'k');
    stdout.emit('resize');
    expect(heard).toHaveLength(3);
  });

  it.each(['exit', 'uncaughtExceptionMonitor'] as const)('gives the screen back at %s', (event) => {
    const { stdin, stdout, terminal } = setUp();
    const known = new Set(listenersOf(event));
    const close = terminal.open({ onInput: () => {}, onResize: () => {}, onEnd: () => {} });
    for (const listener of listenersOf(event)) if (!known.has(listener)) (listener as () => void)();
    expect([stdin.isRaw, stdout.text.endsWith(LEFT)]).toEqual([false, true]);
    close();
    expect(stdout.text.split(LEFT)).toHaveLength(2);
  });

  it('does not write to a terminal that has gone away', () => {
    const { stdout, terminal } = setUp();
    const close = terminal.open({ onInput: () => {}, onResize: () => {}, onEnd: () => {} });
    stdout.writable = false;
    const { text } = stdout;
    terminal.write('more');
    close();
    expect(stdout.text).toBe(text);
  });
});

it('a screen begins at the top left and clears the rest of each line', () => {
  expect(screenText(['a', 'b'])).toBe('\u001b[Ha\u001b[K\r\nb\u001b[K');
});
