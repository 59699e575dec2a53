import { describe, expect, it } from 'vitest';
import { traceInfo } from '../../src/trace/info.js';
import { parseTrace } from '../../src/trace/parse.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { renderTraceInfo } from '../../src/trace/render-info.js';
import { file, GOLDEN, line } from './golden.js';
import { CARRIED } from './recordings.js';

const info = traceInfo(parseTrace(GOLDEN, 'golden.trace', 'golden'));

describe('traceInfo', () => {
  it('counts flush requests by caller and flushes by reason', () => {
    expect({ ...info.callers }).toEqual({ tlb_finish_mmu: { requests: 2, whole: 0, freedTables: 0 } });
    expect(info.reasons).toEqual([
      { reason: 0, text: 'flush on task switch', full: 4, pages: 0, nothing: 2 },
      { reason: 4, text: 'remote ipi send', full: 0, pages: 2, nothing: 0 },
    ]);
  });

  it('counts shootdowns and their IPIs', () => {
    expect(info.shootdowns).toMatchObject({
      sends: 2,
      pv: 0,
      deferred: 0,
      maskIpis: 0,
      singleIpis: 2,
      withoutIpi: 0,
    });
  });

  it('knows each CPU: CR3 writes by PCID, lazy stretches', () => {
    expect(info.perCpu[1]).toMatchObject({
      schedSwitches: 5,
      cr3Flush: 3,
      cr3NoFlush: 2,
      lazyStretches: 1,
      sent: 0,
    });
    expect({ ...info.perCpu[1]?.pcids }).toEqual({ 1: 3, 2: 2 });
  });

  it('knows each mm, most flushed first', () => {
    expect(info.mms).toEqual([
      { ctx: 10, comms: ['my-task 1'], flushes: 2, switches: 4, cpus: [0, 1], gen: 6, exited: false },
      { ctx: 11, comms: [], flushes: 0, switches: 2, cpus: [1], gen: 7, exited: false },
    ]);
  });

  it('says what an import would do, and counts what it does not know', () => {
    expect({ ...info.import.modelled }).toEqual({ munmap: 2 });
    expect(info.windows).toEqual({ rule: 'none', count: 0, default: null, scenario: null });
    const odd = traceInfo(
      parseTrace(file([line('a-1', 0, 'odd_event: x'), line('a-1', 0, '__proto__: x')]), 'f'),
    );
    expect(Object.entries(odd.unknown)).toEqual([
      ['odd_event', 1],
      ['__proto__', 1],
    ]);
  });

  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(info))).toEqual(info);
  });
});

describe('renderTraceInfo', () => {
  it('is a page of at most 100 columns that ends in a line end', () => {
    const page = renderTraceInfo(traceInfo(readRecording(CARRIED)));
    const lines = page.split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.length).toBeLessThan(80);
    for (const text of lines) expect(text.length).toBeLessThanOrEqual(100);
    expect(page).toContain('6.12.117+deb12-amd64');
    expect(page).toMatch(/tlb_finish_mmu +313 /);
    expect(page).toMatch(/the default is --window \d+\.\.\d+/);
    expect(page).toMatch(/as a scenario: \d+ mms, \d+ pages, \d+ script steps\n {4}modelled: /);
    expect(page).toMatch(/approximated as MADV_DONTNEED: nothing\n/);
  });

  it('shows nothing of the file that could steer a terminal', () => {
    const page = renderTraceInfo(
      traceInfo(
        parseTrace(
          file([
            line(
              '\u001b[2J-1',
              0,
              'flush_mm_range: (x) mm=0x1 start=0x0 end=0x1000 stride=12 freed=0 ctx=3 gen=1 cpus=0x1',
            ),
          ]),
          'f',
          '\u001b]0;x',
        ),
      ),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point.
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(page).toContain('\\x1b[2J');
  });
});
