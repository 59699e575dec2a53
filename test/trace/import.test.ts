import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../src/findings/scenario-schema.js';
import { type Imported, importWindow } from '../../src/trace/import.js';
import { parseTrace } from '../../src/trace/parse.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { listWindows, parseWindow, type TraceWindow } from '../../src/trace/window.js';
import type { Scenario, ScriptStep } from '../../src/vocabulary/scenario.js';
import { A, B, BEFORE, file, GOLDEN, HEADER_LINES, line, switchTo } from './golden.js';
import { CARRIED } from './recordings.js';

/** A script in short: R0 W1 runA munmap[0,2)n4 ... */
function short(step: ScriptStep): string {
  const letter = (mm: number): string => String.fromCharCode(65 + mm);
  switch (step.op) {
    case 'access':
      return `${step.write ? 'W' : 'R'}${step.page}`;
    case 'run':
      return `run${letter(step.mm)}`;
    case 'fork':
      return `fork${letter(step.child)}`;
    case 'reclaim':
      return `reclaim${letter(step.mm)}${step.page}`;
    case 'mmap':
      return `mmap[${step.start},${step.end})`;
    case 'mprotect':
    case 'munmap':
    case 'madvise':
      return `${step.op}${step.op === 'mprotect' ? (step.write ? '+w' : '-w') : ''}[${step.start},${step.end})${step.nominalPages === undefined ? '' : `n${step.nominalPages}`}`;
    case 'idle':
      return step.deep === true ? 'idle!' : 'idle';
    default:
      return step.op;
  }
}

const scripts = (scenario: Scenario): string[] =>
  scenario.scripts.map((script) => script.map(short).join(' '));

/** Imports `lines` as a window behind the golden recording's beginning. */
function imported(lines: readonly string[], before: readonly string[] = BEFORE): Imported {
  const recording = parseTrace(file([...before, ...lines]), 'f.trace', 'f');
  const from = HEADER_LINES + before.length + 1;
  return importWindow(recording, parseWindow(recording, `${from}..${from + lines.length - 1}`));
}

const golden = parseTrace(GOLDEN, 'golden.trace', 'golden');
const WHOLE: TraceWindow = {
  firstLine: HEADER_LINES + BEFORE.length + 1,
  lastLine: golden.lines,
  first: BEFORE.length,
  end: golden.events.length,
};

describe('the golden window', () => {
  const { scenario, tally, ctxs } = importWindow(golden, WHOLE);

  it('has the operations of its events, in their order, with accesses around them', () => {
    // [0,4) and [2,6) of the recording overlap: one page stands for both; the second mapping comes from an
    // mmap in the window.
    expect(ctxs).toEqual([10, 11]);
    expect(scripts(scenario)).toEqual([
      'R0 munmap[0,1)n4 mmap[0,1) W0 munmap[0,1)n4 R0',
      'R0 R0 runB R0 runA R0 R0 kthread',
    ]);
    // Page 1 keeps the table, as what else there was did.
    expect(scenario.pages).toBe(2);
  });

  it('starts as the events before it leave the CPUs', () => {
    expect(scenario.start).toEqual([
      { loadedMm: 0, slots: [null, { mm: 0, tlbGen: 4 }, null, null, null, null], loadedMmAsid: 1 },
      {
        loadedMm: 0,
        slots: [{ mm: 0, tlbGen: 4 }, { mm: 1, tlbGen: 7 }, null, null, null, null],
        loadedMmAsid: 0,
      },
    ]);
    expect(scenario.mms).toEqual([
      { tlbGen: 4, vmas: [[0, 2, true]], cpumask: [0, 1] },
      { tlbGen: 7, vmas: [[0, 1, true]], cpumask: [0] },
    ]);
  });

  it('says what it is made of', () => {
    expect(scenario).toMatchObject({
      name: 'trace:golden:21..46',
      source: 'trace:golden lines 21..46',
      cpus: 2,
      slots: 6,
      pcid: true,
      lazy: true,
    });
    expect(tally.modelled).toEqual({
      munmap: 2,
      mmap: 1,
      'page fault (as an access)': 1,
      'mm switch': 2,
      'kernel thread': 1,
    });
    expect(scenario.notes?.[0]).toContain('2 munmap');
    expect(scenario.notes).toEqual([
      'modelled: 2 mm switch, 2 munmap, 1 kernel thread, 1 mmap, 1 page fault (as an access)',
      'approximated as MADV_DONTNEED: nothing',
      'not modelled: nothing',
      'page tables: 2 munmap with tables kept as recorded',
      'added, besides accesses: nothing',
      'left out, since nothing follows from it: nothing',
    ]);
    expect(scenarioSchema.safeParse(scenario).success).toBe(true);
  });

  it('is the same each time', () => {
    expect(importWindow(parseTrace(GOLDEN, 'golden.trace', 'golden'), WHOLE).scenario).toEqual(scenario);
  });
});

describe('operations', () => {
  const who = 'my-task 1-100';
  const flush = (start: string, end: string, caller: string, gen = 4, stride = 12): string[] => [
    line(
      who,
      0,
      `flush_mm_range: (flush_tlb_mm_range+0x0/0x170) mm=${A} start=${start} end=${end} ` +
        `stride=${stride} freed=0 ctx=10 gen=${gen} cpus=0x3`,
    ),
    line(who, 0, `flush_mm_range_ret: (${caller}+0x1/0x2 <- flush_tlb_mm_range)`),
  ];
  const call = (name: string, args: string, inner: string[], ret = '0x0'): string[] => [
    line(who, 0, `sys_${name}(${args})`),
    ...inner,
    line(who, 0, `sys_${name} -> ${ret}`),
  ];
  /** The steps of CPU 0 that are not added accesses. */
  const operations = (lines: string[]): string[] =>
    scripts(imported(lines).scenario)[0]
      ?.split(' ')
      .filter((step) => !/^R\d+$/.test(step)) ?? [];

  it('mprotect follows its protection, with a flush or without', () => {
    const range = 'start: 7f0000000000, len: 4000, prot: ';
    const inner = flush('0x7f0000000000', '0x7f0000004000', 'tlb_finish_mmu');
    const steps = operations([...call('mprotect', `${range}1`, inner), ...call('mprotect', `${range}3`, [])]);
    expect(steps.filter((step) => step.startsWith('mprotect'))).toEqual([
      'mprotect-w[0,1)n4',
      'mprotect+w[0,1)',
    ]);
    expect(imported(call('mprotect', `${range}0`, inner)).tally.approximated).toEqual({
      'mprotect(PROT_NONE)': 1,
    });
  });

  it('MADV_DONTNEED is itself, other advice is approximated by it', () => {
    const inner = flush('0x7f0000000000', '0x7f0000001000', 'tlb_finish_mmu');
    const dontNeed = imported(call('madvise', 'start: 7f0000000000, len_in: 1000, behavior: 4', inner));
    expect(dontNeed.tally).toMatchObject({ modelled: { MADV_DONTNEED: 1 }, approximated: {} });
    const free = imported(call('madvise', 'start: 7f0000000000, len_in: 1000, behavior: 8', inner));
    expect(free.tally.approximated).toEqual({ 'madvise(8)': 1 });
    expect(scripts(free.scenario)).toEqual(scripts(dontNeed.scenario));
  });

  it('brk that shrinks is munmap', () => {
    expect(
      operations(
        call(
          'brk',
          'brk: 7f0000000000',
          flush('0x7f0000000000', '0x7f0000003000', 'tlb_finish_mmu'),
          '0x7f0000000000',
        ),
      ),
    ).toEqual(['munmap[0,1)n3']);
  });

  it('what is not modelled is MADV_DONTNEED on its range, counted by its name', () => {
    const { scenario, tally } = imported(flush('0x7f0000000000', '0x7f0000002000', 'move_page_tables'));
    expect(tally.approximated).toEqual({ move_page_tables: 1 });
    expect(scripts(scenario)[0]).toContain('madvise[0,1)n2');
  });

  it('a flush of everything stays full: more nominal pages than the ceiling', () => {
    const { scenario } = imported([
      ...flush('0x7f0000000000', '0x7f0000001000', 'move_page_tables'),
      ...flush('0x7f0000008000', '0x7f0000009000', 'move_page_tables', 5),
      ...flush('0x0', '0xffffffffffffffff', 'pmdp_invalidate', 6),
    ]);
    expect(scripts(scenario)[0]).toContain('madvise[0,2)n34');
  });

  it('a huge page is one step', () => {
    const { scenario } = imported(flush('0x7f0000000000', '0x7f0000400000', 'pmdp_invalidate', 4, 21));
    expect(scripts(scenario)[0]).toContain('madvise[0,1)n2 ');
  });

  it('a copy-on-write break needs its fork in the window', () => {
    const cow = (gen: number): string[] => [
      line(who, 0, 'page_fault_user: address=0x7f0000000010 ip=0x1 error_code=0x7'),
      ...flush('0x7f0000000000', '0x7f0000001000', 'ptep_clear_flush', gen),
    ];
    const alone = imported(cow(4));
    expect(alone.tally.approximated).toEqual({ 'copy-on-write break of an earlier fork or a file page': 1 });
    expect(scripts(alone.scenario)[0]).toBe('R0 madvise[0,1) W0 R0');

    const forked = imported([
      ...flush('0x0', '0xffffffffffffffff', 'dup_mmap', 4),
      line(who, 0, 'sched_process_fork: comm=my-task 1 pid=100 child_comm=my-task 1 child_pid=300'),
      ...cow(5),
    ]);
    expect(forked.tally).toMatchObject({ modelled: { fork: 1, 'copy-on-write break': 1 }, approximated: {} });
    expect(forked.scenario.mms.at(-1)).toEqual({ alive: false });
    expect(forked.ctxs).toEqual([10, -1]);
    // The fork takes the right to write away, so the accesses are stores.
    expect(scripts(forked.scenario)[0]).toMatch(/^W0 forkB W0/);
  });

  it("a child that runs has its parent's pages", () => {
    const { scenario, ctxs } = imported([
      ...flush('0x0', '0xffffffffffffffff', 'copy_process', 4),
      line(who, 0, 'sched_process_fork: comm=my-task 1 pid=100 child_comm=my-task 1 child_pid=300'),
      line(
        'other-200',
        1,
        'sched_switch: prev_comm=other prev_pid=200 prev_prio=120 prev_state=S ==> next_comm=my-task 1 ' +
          'next_pid=300 next_prio=120',
      ),
      line(
        'other-200',
        1,
        'switch_mm: (switch_mm_irqs_off+0x0/0x470) prev=0x0 next=0xffff888000000c00 nctx=12 ngen=0 ncpus=0x0',
      ),
      line('other-200', 1, 'write_cr3_1: (x) cr3=0x3000003'),
      ...flush('0x7f0000000000', '0x7f0000001000', 'ptep_clear_flush', 5),
    ]);
    expect(ctxs).toEqual([10, 12]);
    expect(scenario.mms[1]).toEqual({ alive: false });
    expect(scripts(scenario)[1]).toContain('runB W0 W0');
  });

  it('a child whose fork cannot be scripted exists from the start', () => {
    const { scenario, tally } = imported([
      line('my-task 1-101', 1, `enter_lazy: (enter_lazy_tlb+0x0/0x30) mm=${A}`),
      line(
        'my-task 1-101',
        1,
        `flush_mm_range: (x) mm=${A} start=0x0 end=0xffffffffffffffff stride=0 freed=1 ctx=10 gen=4 cpus=0x3`,
      ),
      line('my-task 1-101', 1, 'flush_mm_range_ret: (dup_mmap+0x1/0x2 <- flush_tlb_mm_range)'),
      line('my-task 1-101', 1, 'sched_process_fork: comm=a pid=101 child_comm=a child_pid=300'),
      ...flush('0x7f0000000000', '0x7f0000001000', 'move_page_tables', 5),
    ]);
    expect(tally.ignored).toMatchObject({ 'fork of an mm that its CPU does not run': 1 });
    expect(scenario.mms.every((mm) => mm.alive !== false)).toBe(true);
    expect(scripts(scenario).join(' ')).not.toContain('fork');
  });

  it('exit ends the last stay of each CPU in the mm', () => {
    const { scenario, tally } = imported([
      line('my-task 1-101', 1, `enter_lazy: (enter_lazy_tlb+0x0/0x30) mm=${A}`),
      line(who, 0, `enter_lazy: (enter_lazy_tlb+0x0/0x30) mm=${A}`),
      line(who, 0, `exit_mmap: (exit_mmap+0x0/0x310) mm=${A} ctx=10 gen=4 cpus=0x3`),
      ...flush('0x0', '0xffffffffffffffff', 'tlb_finish_mmu'),
    ]);
    expect(tally.modelled).toMatchObject({ 'exit (exit_mmap)': 1 });
    expect(scripts(scenario)).toEqual(['R0 exit', 'R0 exit']);
  });

  it('reclaim asked for by MADV_PAGEOUT reclaims its pages one by one', () => {
    const batch = line(who, 0, 'batch_flush: (arch_tlbbatch_flush+0x0/0x100) cpus=0x3');
    const { scenario, tally } = imported(
      call('madvise', 'start: 7f0000000000, len_in: 9000, behavior: 15', [batch, batch]),
    );
    expect(tally.modelled).toMatchObject({ 'reclaim (MADV_PAGEOUT)': 2 });
    expect(scripts(scenario)[0]).toContain('reclaimA0 reclaimA0');
  });

  it('a flush of an mm that the CPU does not run is counted, not scripted', () => {
    const foreign = line(
      'my-task 1-101',
      1,
      'flush_mm_range: (x) mm=0xffff888000000b00 start=0x1000 end=0x2000 stride=12 freed=0 ctx=11 ' +
        'gen=7 cpus=0x2',
    );
    const { tally, scenario } = imported([
      foreign,
      ...flush('0x7f0000000000', '0x7f0000001000', 'move_page_tables'),
    ]);
    expect(tally.ignored).toMatchObject({ 'unknown caller of an mm that its CPU does not run': 1 });
    expect(scenario.mms).toHaveLength(1);
  });

  it('deep idle leaves the mm', () => {
    const { scenario } = imported([
      ...flush('0x7f0000000000', '0x7f0000001000', 'move_page_tables'),
      line(
        'my-task 1-101',
        1,
        'sched_switch: prev_comm=my-task 1 prev_pid=101 prev_prio=120 prev_state=S ==> ' +
          'next_comm=swapper/1 next_pid=0 next_prio=120',
      ),
      line('my-task 1-101', 1, `enter_lazy: (enter_lazy_tlb+0x0/0x30) mm=${A}`),
      line('<idle>-0', 1, 'leave_mm: (leave_mm+0x0/0x40)'),
      line(
        '<idle>-0',
        1,
        'switch_mm: (switch_mm_irqs_off+0x0/0x470) prev=0x0 next=0xffffffff82b5c940 nctx=1 ngen=0 ncpus=0x0',
      ),
    ]);
    expect(scripts(scenario)[1]).toMatch(/R0 idle!$/);
  });
});

describe('page tables', () => {
  const who = 'my-task 1-100';
  const unmap = (start: string, length: string, end: string, freed: 0 | 1, gen: number): string[] => [
    line(who, 0, `sys_munmap(addr: ${start}, len: ${length})`),
    line(
      who,
      0,
      `flush_mm_range: (x) mm=${A} start=0x${start} end=0x${end} stride=12 freed=${freed} ctx=10 ` +
        `gen=${gen} cpus=0x3`,
    ),
    line(who, 0, 'flush_mm_range_ret: (tlb_finish_mmu+0x1/0x2 <- flush_tlb_mm_range)'),
    line(who, 0, 'sys_munmap -> 0x0'),
  ];
  const again = [
    line(who, 0, 'sys_mmap(addr: 0, len: 4000, prot: 3, flags: 22, fd: ffffffff, off: 0)'),
    line(who, 0, 'sys_mmap -> 0x7f0000000000'),
  ];
  const munmaps = (scenario: Scenario): string =>
    scripts(scenario)[0]?.replaceAll(/ ?\b[RW]\d+\b/g, '') ?? '';

  it('are freed where the recording freed them, and stay where it did not', () => {
    const { scenario, tally } = imported([
      ...unmap('7f0000000000', '4000', '7f0000004000', 0, 4),
      ...unmap('7f8000000000', '4000', '7f8000004000', 1, 5),
    ]);
    // Page 1 keeps the first table; the second has nothing else in it.
    expect(scenario.mms[0]?.vmas).toEqual([
      [0, 2, true],
      [8, 9, true],
    ]);
    expect(munmaps(scenario)).toBe(' munmap[0,1)n4 munmap[8,9)n4');
    expect({ ...tally.tables }).toEqual({
      'munmap with tables kept as recorded': 1,
      'munmap with tables freed as recorded': 1,
    });
  });

  it('go with what else they held when the same range was unmapped with and without them', () => {
    const { scenario, tally } = imported([
      ...unmap('7f0000000000', '4000', '7f0000004000', 0, 4),
      ...again,
      ...unmap('7f0000000000', '4000', '7f0000004000', 1, 5),
      ...again,
    ]);
    expect(munmaps(scenario)).toBe(' munmap[0,1)n4 mmap[0,1) munmap[1,2) munmap[0,1)n4 mmap[1,2) mmap[0,1)');
    expect({ ...tally.tables }).toEqual({
      'munmap with tables kept as recorded': 1,
      'munmap with tables freed as recorded': 1,
    });
    expect({ ...tally.added }).toEqual({
      'munmap of what else a freed table held': 1,
      'mmap of what else a table holds': 1,
    });
  });

  it('are not freed by a gather that only ran beside another one', () => {
    const nested = unmap('7f0000000000', '4000', '7f0000004000', 1, 4).map((text) =>
      text.replace('start=0x7f0000000000 end=0x7f0000004000', 'start=0x0 end=0xffffffffffffffff'),
    );
    const finish = line(
      who,
      0,
      `finish_mmu: (tlb_finish_mmu+0x0/0x180) mm=${A} start=0x7ffffffff000 end=0x0 flags=0x0`,
    );
    const tables = ([call, ...rest]: string[]) => ({
      ...imported([call ?? '', finish, ...rest]).tally.tables,
    });
    expect(tables(nested)).toEqual({ 'munmap with tables kept as recorded': 1 });
    expect(tables(unmap('7f0000000000', '4000', '7f0000004000', 1, 4))).toEqual({
      'munmap with tables freed as recorded': 1,
    });
  });
});

describe('what a window does not show', () => {
  const flushed = [
    line(
      'my-task 1-100',
      0,
      `flush_mm_range: (x) mm=${A} start=0x7f0000000000 end=0x7f0000001000 stride=12 freed=0 ctx=10 ` +
        'gen=4 cpus=0x1',
    ),
    line('my-task 1-100', 0, 'flush_mm_range_ret: (move_page_tables+0x1/0x2 <- flush_tlb_mm_range)'),
  ];
  const toB = (cr3: string): string[] => switchTo(1, 'my-task 1-101', 'other-200', B, 11, 7, cr3);
  const toA = switchTo(1, 'other-200', 'my-task 1-101', A, 10, 5, '0x1000001');

  it('begins with a stay in an mm that the CPU has cached and comes back to', () => {
    const { scenario, tally } = imported([...flushed, ...toA], [...BEFORE, ...toB('0x8000000002000002')]);
    expect(scripts(scenario)[1]).toBe('R0 runB R0 runA R0 R0');
    expect(scenario.start?.[1]).toMatchObject({ loadedMm: 0, loadedMmAsid: 0 });
    expect({ ...tally.added }).toEqual({
      'stay from before the window in an mm whose slot was up to date': 1,
    });
  });

  it('does not where the CPU must flush on its way back anyway', () => {
    const behind = flushed.map((text) => text.replace('gen=4', 'gen=5'));
    const { scenario } = imported([...behind, ...toA], [...BEFORE, ...toB('0x8000000002000002'), ...flushed]);
    expect(scripts(scenario)[1]).toBe('R0 runA R0 R0');
    expect(scenario.start?.[1]).toMatchObject({ loadedMm: 1, loadedMmAsid: 1 });
  });

  it('a CPU that ends in an mm that nobody flushes stops before it', () => {
    const { scenario, tally } = imported([...flushed, ...toB('0x8000000002000002')]);
    expect(scripts(scenario)[1]).toBe('R0 R0');
    expect({ ...tally.dropped }).toEqual({ 'step at the end of a CPU in an mm that nobody flushes': 1 });
  });
});

describe('limits', () => {
  it('a window without a flush is refused', () => {
    expect(() => importWindow(golden, { ...WHOLE, first: 0, end: 3, firstLine: 5, lastLine: 7 })).toThrow(
      /golden\.trace:5: lines 5\.\.7 hold no flush of an mm that a CPU runs; expected at least one/,
    );
  });

  it('more than 64 pages in an mm are refused', () => {
    const lines = Array.from({ length: 65 }, (_, i) =>
      line(
        'my-task 1-100',
        0,
        `flush_mm_range: (x) mm=0xffff888000000a00 start=0x${(i * 2 + 1).toString(16)}000 ` +
          `end=0x${(i * 2 + 2).toString(16)}000 stride=12 freed=0 ctx=10 gen=${4 + i} cpus=0x3`,
      ),
    );
    expect(() => imported(lines)).toThrow(
      /need 65 pages in one mm; expected at most 64 \(take fewer lines\)/,
    );
    expect(imported(lines.slice(0, 64)).scenario.pages).toBe(64);
  });
});

describe('the recording that the project carries', () => {
  const recording = readRecording(CARRIED);
  it.each(listWindows(recording))('lines $firstLine to $lastLine is a scenario worth hunting', (window) => {
    const { scenario, tally } = importWindow(recording, window);
    expect(scenarioSchema.safeParse(scenario).success).toBe(true);
    expect(Object.values(tally.approximated).reduce((a, b) => a + b, 0)).toBe(0);
    expect(Math.max(...scenario.scripts.map((script) => script.length))).toBeLessThanOrEqual(60);
    // Some CPU runs an mm twice with another between, while another CPU unmaps in it.
    const returning = scenario.scripts.some((script, cpu) => {
      const runs = script.flatMap((step) => (step.op === 'run' ? [step.mm] : []));
      const stays = [scenario.start?.[cpu]?.loadedMm, ...runs];
      return stays.some(
        (mm, i) => mm !== undefined && stays.indexOf(mm) < i && flushedElsewhere(scenario, mm, cpu),
      );
    });
    expect(returning).toBe(true);
  });

  it('is a cut with its origin and kernel named, and no path', () => {
    expect(recording.meta).toMatchObject({ kernel: '6.12.117+deb12-amd64', pcid: true, flushCeiling: 33 });
  });
});

/** Whether a CPU other than `cpu` has an operation that flushes `mm`. */
function flushedElsewhere(scenario: Scenario, mm: number, cpu: number): boolean {
  return scenario.scripts.some((script, other) => {
    let current = scenario.start?.[other]?.loadedMm;
    return (
      other !== cpu &&
      script.some((step) => {
        if (step.op === 'run') current = step.mm;
        return (
          current === mm &&
          (step.op === 'munmap' || step.op === 'madvise' || step.op === 'mprotect' || step.op === 'fork')
        );
      })
    );
  });
}
