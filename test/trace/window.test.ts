import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../src/trace/parse.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { listWindows, parseWindow, RELAXED_RULE, WINDOW_RULE, windowFacts } from '../../src/trace/window.js';
import { BEFORE, GOLDEN, HEADER_LINES, WINDOW } from './golden.js';
import { CARRIED } from './recordings.js';

const golden = parseTrace(GOLDEN, 'golden.trace');
const from = HEADER_LINES + BEFORE.length + 1;
const to = from + WINDOW.length - 1;

describe('parseWindow', () => {
  it('takes 1-based lines, both inclusive', () => {
    const window = parseWindow(golden, `${from}..${to}`);
    expect(window).toEqual({
      firstLine: from,
      lastLine: to,
      first: BEFORE.length,
      end: golden.events.length,
    });
    expect(parseWindow(golden, `${from}..${from}`)).toMatchObject({
      first: BEFORE.length,
      end: BEFORE.length + 1,
    });
  });

  it.each([
    ['x', /window "x"; expected A\.\.B/],
    ['5', /expected A\.\.B/],
    ['0..5', /expected A\.\.B/],
    ['9..5', /expected A\.\.B/],
    ['5..9999', /goes beyond the file's last line; expected lines up to/],
    ['1..2', /golden\.trace:1: no event in lines 1\.\.2; expected at least one/],
    ['\u001b[2J', /window "\\x1b\[2J"/],
  ])('refuses %j', (text, message) => {
    expect(() => parseWindow(golden, text)).toThrow(message);
  });
});

describe('the rule', () => {
  it('counts flushes of shared mms, switches and returns', () => {
    // The second unmap is of a mapping made in the window.
    expect(windowFacts(golden, parseWindow(golden, `${from}..${to}`))).toEqual({
      flushes: 1,
      switches: 2,
      returns: 1,
    });
    // Without what precedes the window nobody is known to come back.
    expect(windowFacts(golden, parseWindow(golden, `1..${from - 1}`))).toEqual({
      flushes: 0,
      switches: 4,
      returns: 0,
    });
  });

  it('counts no flush that goes to every CPU anyway, and no return that must flush anyway', () => {
    const facts = (text: string) => windowFacts(parseTrace(text, 'f'), parseWindow(golden, `${from}..${to}`));
    expect(facts(GOLDEN.replaceAll('stride=12 freed=0 ctx', 'stride=12 freed=1 ctx'))).toEqual({
      flushes: 0,
      switches: 2,
      returns: 0,
    });
    // Before the window nothing: what CPU 1 runs first in it, it has not cached.
    expect(
      facts(
        GOLDEN.replaceAll('next=0xffff888000000a00 nctx=10 ngen=6', 'next=0xffff888000000e00 nctx=14 ngen=6'),
      ),
    ).toMatchObject({
      switches: 2,
      returns: 0,
    });
    // Without PCIDs a switch leaves nothing behind.
    expect(facts(GOLDEN.replaceAll(/cr3=0x(800000000)?([12])00000[12]/g, 'cr3=0x$2000000'))).toMatchObject({
      switches: 2,
      returns: 0,
    });
  });

  it('takes whole blocks in file order, the first as default', () => {
    const rule = { events: golden.events.length, flushes: 2, switches: 6, returns: 1, everyFlush: true };
    expect(listWindows(golden, rule)).toHaveLength(1);
    expect(listWindows(golden, { ...rule, flushes: 3 })).toEqual([]);
    expect(listWindows(golden, { ...rule, everyFlush: false })).toEqual([]);
    expect(listWindows(golden, { ...rule, events: rule.events + 1 })).toEqual([]);
  });

  it('finds at least six windows in the recording that the project carries', () => {
    const recording = readRecording(CARRIED);
    const windows = listWindows(recording);
    expect(windows.length).toBeGreaterThanOrEqual(6);
    for (const window of windows) {
      expect(window.end - window.first).toBe(WINDOW_RULE.events);
      expect(window.flushes).toBeGreaterThanOrEqual(WINDOW_RULE.flushes);
      expect(window.switches).toBeGreaterThanOrEqual(WINDOW_RULE.switches);
      expect(window.returns).toBeGreaterThanOrEqual(WINDOW_RULE.returns);
      expect(parseWindow(recording, `${window.firstLine}..${window.lastLine}`)).toMatchObject({
        first: window.first,
        end: window.end,
      });
    }
    expect(listWindows(recording, RELAXED_RULE).length).toBeGreaterThan(windows.length);
  });
});
