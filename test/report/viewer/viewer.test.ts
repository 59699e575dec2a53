import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/report/colors.js';
import { textWidth } from '../../../src/report/text-columns.js';
import type { Move } from '../../../src/report/viewer/keys.js';
import type { ViewState } from '../../../src/report/viewer/view-state.js';
import { Viewer } from '../../../src/report/viewer/viewer.js';
import { state } from '../states.js';
import { raceSteps, Steps } from '../steps.js';

const SIZE = { rows: 24, columns: 100 };

function sbSteps(): Steps {
  return new Steps()
    .add(0, 'loaded_mm = SWITCHING (buffered)', {
      functions: ['context_switch', 'switch_mm_irqs_off'],
      site: { file: 'src/kernel/switch-mm.ts', line: 31 },
      isBuffered: true,
      states: [
        state(0, {
          buffer: ['loaded_mm=SWITCHING'],
          interrupts: false,
          notes: ['loaded_mm A', 'PCID 1'],
          tlb: ['page 0 of PCID 1: frame 4 WUA-'],
        }),
      ],
    })
    .add(1, "CPU0's loaded_mm is A", {
      deciding: 'CPU1 saw loaded_mm = A: no IPI',
      states: [state(1, { locks: ['ptl'], pending: ['IPI'] })],
    })
    .add(0, 'loaded_mm = SWITCHING reaches memory', {
      agent: 'buffer',
      states: [state(0, { notes: ['loaded_mm SWITCHING'] })],
    });
}

const viewerOf = (steps: Steps['all'], colors = plain, cpus = 4) =>
  new Viewer({
    title: 'b1: stale-use in \u001bsomewhere',
    cpus,
    steps,
    start: [0, 1, 2, 3].slice(0, cpus).map((cpu) => state(cpu)),
    colors,
  });

function pressAll(viewer: Viewer, from: ViewState, moves: readonly Move[]): number {
  return moves.reduce((now, move) => viewer.press(now, move), from).at;
}

describe('moves', () => {
  const steps = raceSteps();
  const viewer = viewerOf(steps);
  const begin = viewer.begin(SIZE);
  const deciding = steps.flatMap((step, index) => (step.deciding === null ? [] : [index]));

  it('begin at the first step that decides, or at the first', () => {
    expect(begin).toEqual({ at: deciding[0], size: SIZE, ended: false });
    expect(viewerOf(new Steps().add(0, 'a').add(0, 'b').all).begin(SIZE).at).toBe(0);
  });

  it('go a step on and back, and stop at the ends', () => {
    expect(pressAll(viewer, begin, ['next', 'next', 'previous'])).toBe(deciding[0] + 1);
    expect(pressAll(viewer, begin, ['first', 'previous'])).toBe(0);
    expect(pressAll(viewer, begin, ['last', 'next'])).toBe(steps.length - 1);
  });

  it('go to the steps that decide, and stay where there is none further', () => {
    expect(pressAll(viewer, begin, ['nextDeciding'])).toBe(deciding[1]);
    expect(pressAll(viewer, begin, ['next', 'previousDeciding'])).toBe(deciding[0]);
    expect(pressAll(viewer, begin, ['previousDeciding'])).toBe(deciding[0]);
    expect(pressAll(viewer, begin, ['last', 'nextDeciding'])).toBe(steps.length - 1);
  });

  it('go a page, by at least one step, and back', () => {
    const long = new Steps();
    for (let i = 0; i < 200; i++) long.add(0, `step ${i}`);
    const paged = viewerOf(long.all, plain, 1);
    const first = paged.begin(SIZE);
    const rows = paged.lines(first).findIndex((line) => line.startsWith('──')) - 2;
    expect(pressAll(paged, first, ['pageDown'])).toBe(rows - 1);
    expect(pressAll(paged, first, ['pageDown', 'pageDown', 'pageUp', 'pageUp'])).toBe(0);
    const narrow = viewer.resize(begin, { rows: 8, columns: 40 });
    expect(pressAll(viewer, narrow, ['pageDown'])).toBe(deciding[0] + 1);
    expect(pressAll(viewer, narrow, ['pageUp'])).toBe(deciding[0] - 1);
    expect(pressAll(viewer, begin, ['last', 'pageDown'])).toBe(steps.length - 1);
  });

  it('end', () => {
    expect(viewer.press(begin, 'quit')).toEqual({ ...begin, ended: true });
  });
});

describe('the screen', () => {
  it('shows the timeline, the step, the CPUs and the keys', () => {
    const viewer = viewerOf(sbSteps().all, plain, 2);
    expect(viewer.lines(viewer.begin({ rows: 22, columns: 100 })).join('\n')).toMatchInlineSnapshot(`
      "b1: stale-use in \\x1bsomewhere
          step │ CPU0                                        │ CPU1
               │ context_switch                              │
               │   switch_mm_irqs_off                        │
             0 │     loaded_mm = SWITCHING (buffered)        │
      ▌ >    1 │                                             │ CPU0's loaded_mm is A
      ▌        └─ CPU1 saw loaded_mm = A: no IPI
      ▌           waiting in store buffers: CPU0: loaded_mm=SWITCHING
             2 │     ~ loaded_mm = SWITCHING reaches memory  │
          ~ a store leaves the store buffer; sb: stores that wait in the store buffer; > decides



      ────────────────────────────────────────────────────────────────────────────────────────────────────
      CPU1: CPU0's loaded_mm is A
      > CPU1 saw loaded_mm = A: no IPI

       CPU0  interrupts off | loaded_mm A | PCID 1 | sb: loaded_mm=SWITCHING
      *CPU1  interrupts on  | IPI pending | holds ptl | sb: empty

      TLB of CPU1: empty
       step 1 of 2, deciding 1 of 1 | j k step  n p deciding  / look for  ? all keys  q quit "
    `);
  });

  it('tells the state after the current step, not a later one', () => {
    const viewer = viewerOf(sbSteps().all, plain, 2);
    const begin = viewer.begin(SIZE);
    const cpu0 = (at: number) => viewer.lines({ ...begin, at }).find((line) => /^[ *]CPU0 {2}/.test(line));
    expect(cpu0(0)).toBe('*CPU0  interrupts off | loaded_mm A | PCID 1 | sb: loaded_mm=SWITCHING');
    expect(cpu0(1)).toBe(' CPU0  interrupts off | loaded_mm A | PCID 1 | sb: loaded_mm=SWITCHING');
    expect(cpu0(2)).toBe('*CPU0  interrupts on  | loaded_mm SWITCHING | sb: empty');
  });

  it.each([
    [24, 100],
    [24, 80],
    [50, 200],
    [8, 40],
    [7, 40],
    [8, 39],
    [1, 1],
    [10, 60],
  ])('has exactly %i rows of at most %i characters, wherever it stands', (rows, columns) => {
    const viewer = viewerOf(raceSteps());
    for (let at = 0; at < raceSteps().length; at++) {
      const lines = viewer.lines({ at, size: { rows, columns }, ended: false });
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('always shows the current step, marked', () => {
    for (const size of [SIZE, { rows: 12, columns: 100 }]) {
      const viewer = viewerOf(raceSteps());
      for (const { step } of raceSteps()) {
        const marked = viewer.lines({ at: step, size, ended: false }).filter((line) => line.startsWith('▌'));
        expect(marked.some((line) => new RegExp(`^▌ [> ]? +${step} │`).test(line))).toBe(true);
      }
    }
  });

  it('follows a new size', () => {
    const viewer = viewerOf(raceSteps());
    const resized = viewer.resize(viewer.begin(SIZE), { rows: 30, columns: 70 });
    expect(viewer.lines(resized)).toHaveLength(30);
    expect(viewer.lines(resized).some((line) => textWidth(line) === 70)).toBe(true);
  });

  it('changes nothing but colour when it paints, and lets no control character through', () => {
    const steps = sbSteps().add(0, 'evil \u001b[2J', {
      functions: ['\u0007'],
      deciding: '\u001b]0;title',
      states: [state(0, { buffer: ['\r'] })],
    }).all;
    const painted = viewerOf(steps, pc.createColors(true), 2);
    const bare = viewerOf(steps, plain, 2);
    for (let at = 0; at < steps.length; at++) {
      const now = { at, size: SIZE, ended: false };
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not occur
      for (const line of bare.lines(now)) expect(line).not.toMatch(/[\u0000-\u001f]/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape
      expect(painted.lines(now).map((line) => line.replaceAll(/\u001b\[\d+m/g, '').trimEnd())).toEqual(
        bare.lines(now).map((line) => line.trimEnd()),
      );
    }
  });

  it('tells of a CPU without a column when it moves', () => {
    const steps = new Steps();
    for (let i = 0; i < 40; i++) steps.add(i % 8, `step ${i}`, { states: [state(i % 8)] });
    const viewer = viewerOf(steps.all, plain, 8);
    const lines = viewer.lines({ at: 7, size: SIZE, ended: false });
    expect(lines.some((line) => line.startsWith('*CPU7  '))).toBe(true);
  });

  it('keeps the innermost functions where all do not fit', () => {
    const functions = Array.from({ length: 12 }, (_, i) => `function_number_${i}`);
    const viewer = viewerOf(new Steps().add(0, 'deep', { functions }).all, plain, 1);
    const line = viewer.lines(viewer.begin(SIZE)).find((text) => text.startsWith('in '));
    expect(line).toMatch(/^in … > .* > function_number_11$/);
  });
});
