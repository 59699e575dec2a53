import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/report/text-columns.js';
import { renderTimeline } from '../../src/report/timeline.js';
import { raceSteps, Steps } from './steps.js';

function widest(drawing: string): number {
  return Math.max(...drawing.split('\n').map(textWidth));
}

describe('the timeline', () => {
  it('draws four CPUs at 100 columns', () => {
    const drawing = renderTimeline(raceSteps(), { cpus: 4 });
    expect(drawing).toMatchInlineSnapshot(`
      "  step │ CPU0                 │ CPU1                 │ CPU2                 │ CPU3
           0 │ run A                │                      │                      │
           1 │ user load of page 0  │                      │                      │
           2 │                      │                      │                      │ user load of page 1
           3 │ user load of page 2  │                      │                      │
           4 │                      │                      │                      │ user load of page 3
           5 │ user load of page 4  │                      │                      │
           6 │                      │                      │                      │ user load of page 5
           7 │ user load of page 6  │                      │                      │
           8 │                      │                      │                      │ user load of page 7
           9 │ user load of page 8  │                      │                      │
             │                      │ context_switch       │                      │
             │                      │  switch_mm_irqs_off  │                      │
          10 │                      │   run A:             │                      │
             │                      │   loaded_mm(1) is B, │                      │
             │                      │   asid 0             │                      │
          11 │                      │   loaded_mm(1) =     │                      │
             │                      │   SWITCHING          │                      │
             │                      │   (buffered)         │                      │
             │ munmap               │                      │                      │
             │  tlb_finish_mmu      │                      │                      │
          12 │   pte(A, page 1) =   │                      │                      │
             │   not present        │                      │                      │
          13 │   ~ pte(A, page 1) = │                      │                      │
             │     not present      │                      │                      │
             │   flush_tlb_mm_range │                      │                      │
          14 │    tlb_gen(A): 4 ->  │                      │                      │
             │    5                 │                      │                      │
             │    should_flush_tlb  │                      │                      │
      >   15 │    loaded_mm(1) is B │                      │                      │
             └─ CPU1 has published SWITCHING only into its store buffer, so it is sent no IPI
                [src/kernel/flush-targets.ts:31]
             │   ↩ flush_tlb_mm_ra… │                      │                      │
          16 │    send IPI to CPU2, │                      │                      │
             │    CPU3              │                      │                      │
          17 │                      │                      │ ! IPI                │
             │                      │                      │ ¦ flush_tlb_func     │
          18 │                      │                      │ ¦  slot 0 of CPU2:   │
             │                      │                      │ ¦  generation is 4   │
          19 │                      │                      │ ¦  INVLPG page 1     │
          20 │                      │                      │ ¦  IRET              │
          21 │                      │                      │                      │ ^ read root entry 0
          22 │    csd of CPU2 is    │                      │                      │
             │    unlocked          │                      │                      │
             │  ↩ tlb_finish_mmu    │                      │                      │
          23 │   page 1 freed:      │                      │                      │
             │   frame 7            │                      │                      │
      >   24 │                      │   tlb_gen(A) is 4    │                      │
             └─ the generation was read before the flush raised it; nothing tells CPU1 to flush when it
                has loaded A
          25 │                      │   ~ loaded_mm(1) =   │                      │
             │                      │     SWITCHING        │                      │
      >   26 │                      │ user store to page 1 │                      │
             └─ reaches frame 7, which munmap has freed
        ~ a store leaves the store buffer; ! an interrupt is delivered; ^ the page walker moves; ¦ inside
        an interrupt handler; > decides"
    `);
    expect(widest(drawing)).toBeLessThanOrEqual(100);
  });

  it("has the text of a deciding step's line beneath it, where there is one", () => {
    const site = { file: 'a.c', line: 3 };
    const steps = new Steps()
      .add(0, 'one', { site, deciding: 'it does' })
      .add(0, 'two', { site: { ...site, line: 4 }, deciding: 'it does too' })
      .add(0, 'three', { site }).all;
    const lineText = ({ line }: { line: number }) => (line === 3 ? 'if (x\u001b[0m)' : null);
    const drawing = renderTimeline(steps, { cpus: 1, lineText });
    expect(drawing.split('\n').filter((line) => line.includes('| '))).toEqual(['          | if (x\\x1b[0m)']);
    expect(renderTimeline(steps, { cpus: 1 })).not.toContain('if (x');
  });

  it('marks the steps of orderings, and leaves none of them out', () => {
    const steps = new Steps().add(0, 'first', { ordered: [{ ordering: 1, is: 'before', other: 9 }] });
    for (let i = 0; i < 20; i++) steps.add(1, `step ${i}`);
    steps.add(0, 'last', { ordered: [{ ordering: 2, is: 'after', other: null }] });
    steps.add(1, 'decides', { deciding: 'it does' });
    const drawing = renderTimeline(steps.all, { cpus: 2, aroundDeciding: true });
    expect(drawing).toMatch(/first +│\s+└─ ordering 1: before step 9\n/);
    expect(drawing).toMatch(/last +│\s+└─ ordering 2: after what has not been\n/);
  });

  it('leaves out what is far from the deciding steps', () => {
    expect(renderTimeline(raceSteps(), { cpus: 4, aroundDeciding: true, context: 1 })).toMatchInlineSnapshot(`
      "  step │ CPU0                                         │ CPU1
             │ ... 6 steps of CPU0, 4 of CPU3, 1 of CPU1
             │                                              │ context_switch
             │                                              │   switch_mm_irqs_off
          11 │                                              │     loaded_mm(1) = SWITCHING (buffered)
             │ munmap                                       │
             │   tlb_finish_mmu                             │
          12 │     pte(A, page 1) = not present             │
          13 │     ~ pte(A, page 1) = not present           │
             │     flush_tlb_mm_range                       │
          14 │       tlb_gen(A): 4 -> 5                     │
             │       should_flush_tlb                       │
      >   15 │       loaded_mm(1) is B                      │
             └─ CPU1 has published SWITCHING only into its store buffer, so it is sent no IPI
                [src/kernel/flush-targets.ts:31]
             │     ↩ flush_tlb_mm_range                     │
          16 │       send IPI to CPU2, CPU3                 │
             │ ... 4 steps of CPU2, 1 of CPU3, 1 of CPU0
             │   ↩ tlb_finish_mmu                           │
          23 │     page 1 freed: frame 7                    │
      >   24 │                                              │     tlb_gen(A) is 4
             └─ the generation was read before the flush raised it; nothing tells CPU1 to flush when it
                has loaded A
          25 │                                              │     ~ loaded_mm(1) = SWITCHING
      >   26 │                                              │ user store to page 1
             └─ reaches frame 7, which munmap has freed
        ~ a store leaves the store buffer; > decides
        without a column: CPU2 (4 steps), CPU3 (5 steps)"
    `);
  });

  it('shows the end where nothing is marked as deciding', () => {
    const steps = new Steps();
    for (let i = 0; i < 30; i++) steps.add(i % 2, `step ${i}`);
    const drawing = renderTimeline(steps.all, { cpus: 2, aroundDeciding: true });
    expect(drawing).toContain('... 9 steps of CPU0, 9 of CPU1');
    expect(drawing).toContain('step 29');
  });

  it('gives columns to the four CPUs that matter, and lines to the others where they decide', () => {
    const steps = new Steps();
    for (let i = 0; i < 40; i++) steps.add(i % 10, `step ${i}`);
    for (const cpu of [9, 7, 5, 3]) steps.add(cpu, 'decides', { deciding: `because of CPU${cpu}` });
    steps.add(1, 'decides too, but later', { deciding: 'a fifth' });
    steps.add(1, 'and again', { deciding: 'a sixth' });
    expect(renderTimeline(steps.all, { cpus: 64, aroundDeciding: true, context: 0 })).toMatchInlineSnapshot(`
      "  step │ CPU1            │ CPU3            │ CPU5            │ CPU7            │ CPU9
             │ ... 4 steps of CPU0, 3 of CPU1, 3 of CPU2, 3 of CPU3, 3 of CPU4, 3 of CPU5, 12 of 4 other
             │ CPUs
          31 │ step 31         │                 │                 │                 │
          32 │ CPU2: step 32
          33 │                 │ step 33         │                 │                 │
          34 │ CPU4: step 34
          35 │                 │                 │ step 35         │                 │
          36 │ CPU6: step 36
          37 │                 │                 │                 │ step 37         │
          38 │ CPU8: step 38
          39 │                 │                 │                 │                 │ step 39
      >   40 │                 │                 │                 │                 │ decides
             └─ because of CPU9
      >   41 │                 │                 │                 │ decides         │
             └─ because of CPU7
      >   42 │                 │                 │ decides         │                 │
             └─ because of CPU5
      >   43 │                 │ decides         │                 │                 │
             └─ because of CPU3
      >   44 │ decides too,    │                 │                 │                 │
             │ but later       │                 │                 │                 │
             └─ a fifth
      >   45 │ and again       │                 │                 │                 │
             └─ a sixth
        > decides
        without a column: CPU0 (4 steps), CPU2 (4 steps), CPU4 (4 steps), CPU6 (4 steps), CPU8 (4 steps)"
    `);
  });

  it('shortens long texts of ordinary steps, and wraps those of deciding ones', () => {
    const text = 'a text that goes on '.repeat(12).trim();
    const drawing = renderTimeline(new Steps().add(0, text).add(1, text, { deciding: text }).all, {
      cpus: 4,
    });
    expect(drawing).toMatchInlineSnapshot(`
      "  step │ CPU0                                         │ CPU1
           0 │ a text that goes on a text that goes on a    │
             │ text that goes on a text that goes on a text │
             │ that goes on a text that goes on a text tha… │
      >    1 │                                              │ a text that goes on a text that goes on a
             │                                              │ text that goes on a text that goes on a text
             │                                              │ that goes on a text that goes on a text that
             │                                              │ goes on a text that goes on a text that goes
             │                                              │ on a text that goes on a text that goes on a
             │                                              │ text that goes on
             └─ a text that goes on a text that goes on a text that goes on a text that goes on a text
                that goes on a text that goes on a text that goes on a text that goes on a text that goes
                on a text that goes on a text that goes on a text that goes on
        > decides"
    `);
    expect(widest(drawing)).toBeLessThanOrEqual(100);
  });

  it.each([40, 60, 80, 100, 160])('keeps to %i columns', (width) => {
    for (let cpus = 1; cpus <= 4; cpus++) {
      const steps = raceSteps().filter(({ cpu }) => cpu < cpus);
      expect(widest(renderTimeline(steps, { cpus, width }))).toBeLessThanOrEqual(width);
    }
  });

  it('lets no control character through, and changes nothing but colour when it paints', () => {
    const steps = new Steps()
      .add(0, 'evil \u001b[2J text', {
        functions: ['\u0007bell'],
        site: { file: 'a\u001bb', line: 1 },
        deciding: 'why\r\nnot',
      })
      .add(1, 'drain', { agent: 'buffer' }).all;
    const drawing = renderTimeline(steps, { cpus: 2 });
    expect(drawing).toContain('evil \\x1b[2J text');
    expect(drawing).toContain('why\\r\\nnot [a\\x1bb:1]');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not occur
    expect(drawing).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    const painted = renderTimeline(raceSteps(), { cpus: 4, colors: pc.createColors(true) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape
    expect(painted.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/ +$/gm, '')).toBe(
      renderTimeline(raceSteps(), { cpus: 4 }),
    );
  });

  it('draws an execution without steps', () => {
    expect(renderTimeline([], { cpus: 2, aroundDeciding: true })).toContain('CPU0');
  });

  it('has a column for every CPU whose step decides, and for the one of the cause before all', () => {
    const steps = new Steps();
    for (let cpu = 0; cpu < 6; cpu++) steps.add(cpu, `step of ${cpu}`, { deciding: 'it does' });
    for (let more = 0; more < 20; more++) steps.add(7, 'busy');
    const header = renderTimeline(steps.all, { cpus: 8, aroundDeciding: true }).split('\n')[0];
    expect(header.match(/CPU\d/g)).toEqual(['CPU0', 'CPU1', 'CPU2', 'CPU3', 'CPU4', 'CPU5']);
    const many = new Steps();
    for (let cpu = 0; cpu < 12; cpu++)
      many.add(cpu, 'once', { deciding: 'it does' }).add(cpu % 11, 'twice', { deciding: 'too' });
    const last = many.add(11, 'the cause', { deciding: 'this is it', isCause: true });
    expect(renderTimeline(last.all, { cpus: 12 }).split('\n')[0]).toContain('CPU11');
  });
});
