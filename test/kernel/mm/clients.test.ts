import { describe, expect, it } from 'vitest';
import { VM_NONE, VM_READ, VM_WRITE } from '../../../src/kernel/constants.js';
import { EV_COW_BREAK, EV_RECLAIMED, EV_SEGV } from '../../../src/kernel/events.js';
import { MM_ALIVE, MM_DEAD, MM_EXITING } from '../../../src/kernel/sched.js';
import {
  A,
  B,
  dontneed,
  exit,
  fork,
  kthread,
  mmap,
  munmap,
  protectRo,
  protectRw,
  read,
  reclaim,
  run,
  script,
  write,
} from '../../../src/scenarios/steps.js';
import type { Scenario } from '../../../src/vocabulary/scenario.js';
import { Clients } from './clients.js';

/**
 * What each client operation leaves: entries, references, tables, frames. Every test ends with the books
 * balanced.
 */

/** CPU0 has A loaded; its scripts run A and B. */
const one = (changes: Partial<Scenario> = {}): Clients =>
  new Clients({
    cpus: 1,
    mms: [{}, { alive: false }],
    scripts: [script(run(A), run(B))],
    start: [{ loadedMm: 0 }],
    ...changes,
  });

const balanced = (clients: Clients): void => expect(clients.wrong()).toEqual([]);

describe('page faults', () => {
  it('the first store maps a dirty page, the first load a clean one', () => {
    const clients = one().run(script(write(0), read(1)));
    expect([clients.flags(A, 0), clients.flags(A, 1), clients.flags(A, 2)]).toEqual(['WUAD', 'WUA-', 'none']);
    expect(clients.refcount(clients.frame(A, 0))).toBe(1);
    expect(clients.frame(A, 0)).not.toBe(clients.frame(A, 1));
    balanced(clients);
  });

  it('a store to a page that was only read sets D in the table', () => {
    expect(
      one()
        .run(script(read(1), write(1)))
        .flags(A, 1),
    ).toBe('WUAD');
  });

  it('without a VMA, or against it, is a SIGSEGV and maps nothing', () => {
    const clients = one({ mms: [{ vmas: [[0, 1, false]] }, { alive: false }] }).run(
      script(read(0), write(0), read(1)),
    );
    expect(clients.bench.eventsOf(0, EV_SEGV)).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect([clients.flags(A, 0), clients.flags(A, 1)]).toEqual(['-UA-', 'none']);
    balanced(clients);
  });

  it('two CPUs that fault on one page map one frame', () => {
    const clients = new Clients({
      mms: [{}],
      scripts: [script(run(A)), script(run(A))],
      start: [{ loadedMm: 0 }, { loadedMm: 0 }],
    });
    clients.run(script(write(0)), { 1: script(write(0)) });
    expect(clients.flags(A, 0)).toBe('WUAD');
    balanced(clients);
  });
});

describe('munmap', () => {
  it('clears entries, frees pages, keeps a table that is still needed', () => {
    const clients = one().run(script(write(0, 1), munmap(0, 1)));
    expect([clients.flags(A, 0), clients.flags(A, 1)]).toEqual(['none', 'WUAD']);
    expect([clients.vma(A, 0), clients.vma(A, 1)]).toEqual([VM_NONE, VM_READ | VM_WRITE]);
    expect(clients.table(A, 0)).not.toBe(null);
    balanced(clients);
  });

  it('frees the table with the last VMA over it, and not the next one', () => {
    const clients = one({ pages: 10 }).run(script(write(0, 8), munmap(8, 10)));
    expect([clients.table(A, 0), clients.table(A, 8)]).toEqual([expect.any(Number), null]);
    balanced(clients);
  });

  it('mmap again starts empty', () => {
    const clients = one().run(script(write(0), munmap(0, 3), mmap(0, 1, false), read(0)));
    expect([clients.flags(A, 0), clients.vma(A, 0), clients.vma(A, 1)]).toEqual(['-UA-', VM_READ, VM_NONE]);
    balanced(clients);
  });

  it('mmap keeps what is mapped', () => {
    expect(
      one()
        .run(script(mmap(0, 1, false)))
        .vma(A, 0),
    ).toBe(VM_READ | VM_WRITE);
  });
});

describe('MADV_DONTNEED', () => {
  it('clears entries and keeps VMA and table', () => {
    const clients = one().run(script(write(0, 1), dontneed(0, 2)));
    expect([clients.flags(A, 0), clients.flags(A, 1), clients.vma(A, 0)]).toEqual([
      'none',
      'none',
      VM_READ | VM_WRITE,
    ]);
    expect(clients.table(A, 0)).not.toBe(null);
    balanced(clients);
  });

  it('drops a swap entry too', () => {
    const clients = one().run(script(write(0), reclaim(A, 0), dontneed(0, 1)));
    expect(clients.flags(A, 0)).toBe('none');
    balanced(clients);
  });
});

describe('mprotect', () => {
  it('takes W from entry and VMA, keeps D and the frame', () => {
    const clients = one().run(script(write(0), protectRo(0, 1)));
    expect([clients.flags(A, 0), clients.vma(A, 0)]).toEqual(['-UAD', VM_READ]);
    balanced(clients);
  });

  it('gives W back at the next store only, on the same frame', () => {
    const clients = one();
    const before = clients.run(script(write(0), protectRo(0, 1), protectRw(0, 1)));
    expect([before.flags(A, 0), before.vma(A, 0)]).toEqual(['-UAD', VM_READ | VM_WRITE]);
    const frame = clients.frame(A, 0);
    const after = clients.run(script(write(0), protectRo(0, 1), protectRw(0, 1), write(0)));
    expect([after.flags(A, 0), after.frame(A, 0)]).toEqual(['WUAD', frame]);
    balanced(clients);
  });

  it('flushes for entries that lose W, not for those that had none', () => {
    const flushes = (clients: Clients): number =>
      clients.bench.ops.filter((op) => /invlpg|write_cr3/.test(op)).length;
    expect(flushes(one().run(script(write(0), protectRo(0, 1))))).toBe(1);
    expect(flushes(one().run(script(write(0), protectRo(0, 1), protectRo(0, 1))))).toBe(1);
  });
});

describe('fork and copy-on-write', () => {
  it('shares frames, write-protected in both; the child starts clean with generation 0', () => {
    const clients = one().run(script(write(0), read(1), fork(B)));
    expect([clients.flags(A, 0), clients.flags(B, 0)]).toEqual(['-UAD', '-U--']);
    expect(clients.frame(A, 0)).toBe(clients.frame(B, 0));
    expect(clients.refcount(clients.frame(A, 0))).toBe(2);
    const child = clients.bench.layout.mms[4];
    expect(clients.alive(B)).toBe(MM_ALIVE);
    expect([
      clients.bench.word(child.tlbGen),
      clients.bench.word(child.cpumask),
      clients.bench.word(child.mmUsers),
    ]).toEqual([0, 0, 1]);
    balanced(clients);
  });

  it('flushes the parent, fully', () => {
    const clients = one().run(script(write(0), fork(B)));
    expect(clients.bench.ops.filter((op) => op.startsWith('write_cr3'))).toEqual(['write_cr3 pcid 1 flush']);
  });

  it('the first to write copies, the last takes the page over', () => {
    const clients = one().run(script(write(0), fork(B), write(0), run(B), write(0)));
    expect([clients.flags(A, 0), clients.flags(B, 0)]).toEqual(['WUAD', 'WUAD']);
    expect(clients.frame(A, 0)).not.toBe(clients.frame(B, 0));
    expect([clients.refcount(clients.frame(A, 0)), clients.refcount(clients.frame(B, 0))]).toEqual([1, 1]);
    // One copy: when the child writes it is the only one left.
    expect(clients.bench.eventsOf(0, EV_COW_BREAK)).toEqual([[3, 0]]);
    balanced(clients);
  });

  it('a break clears and flushes the old entry before it sets the new one', () => {
    const { bench } = one().run(script(write(0), fork(B), write(0)));
    const clear = bench.ops.findIndex((op) => op.startsWith('ptep_get_and_clear'));
    const next = bench.ops.slice(clear);
    const at = (text: string): number => next.findIndex((op) => op.startsWith(text));
    expect(at('atomic_fetch_add tlb_gen(A) 1')).toBeGreaterThan(0);
    expect(at('invlpg 0')).toBeGreaterThan(at('atomic_fetch_add tlb_gen(A) 1'));
    expect(at('set_pte')).toBeGreaterThan(at('invlpg 0'));
  });

  it('an mm that is in use is not forked into', () => {
    const clients = one({ mms: [{}, {}] }).run(script(write(0), fork(B)));
    expect(clients.flags(A, 0)).toBe('WUAD');
    balanced(clients);
  });
});

describe('exit', () => {
  it('of the last thread frees everything but the root, which the lazy CPU still has', () => {
    const clients = one().run(script(write(0, 1), exit));
    expect([clients.alive(A), clients.table(A, 0), clients.vma(A, 0)]).toEqual([MM_EXITING, null, VM_NONE]);
    balanced(clients);
  });

  it('and the root goes with the last that borrows it', () => {
    const clients = one().run(script(write(0), fork(B), exit, run(B), read(0)));
    expect([clients.alive(A), clients.alive(B)]).toEqual([MM_DEAD, MM_ALIVE]);
    expect(clients.refcount(clients.frame(B, 0))).toBe(1);
    balanced(clients);
  });

  it('of one of two threads frees nothing', () => {
    const clients = new Clients({
      mms: [{}],
      scripts: [script(run(A)), script(run(A))],
      start: [{ loadedMm: 0 }, { loadedMm: 0 }],
    });
    clients.run(script(write(0), exit));
    expect([clients.alive(A), clients.flags(A, 0)]).toEqual([MM_ALIVE, 'WUAD']);
    balanced(clients);
  });

  it('a handle used again is another address space with a ctx_id never used before', () => {
    const clients = one().run(
      script(write(0), fork(B), run(B), write(0), exit, run(A), fork(B), run(B), read(0)),
    );
    const { layout } = clients.bench;
    const [a, b] = [layout.mms[3], layout.mms[4]].map((mm) => clients.bench.word(mm.ctxId));
    expect(clients.alive(B)).toBe(MM_ALIVE);
    expect(b).toBeGreaterThan(a + 1);
    // The slot of the first life can no longer be found by ctx_id.
    const slots = layout.cpus[0].tlbstate.ctxs.map((slot) => clients.bench.word(slot.ctxId));
    expect(slots).toContain(b);
    balanced(clients);
  });
});

describe('reclaim', () => {
  it('leaves a swap entry and frees the page', () => {
    const clients = one().run(script(write(0), reclaim(A, 0)));
    expect(clients.flags(A, 0)).toBe('swap entry');
    expect(clients.bench.eventsOf(0, EV_RECLAIMED)).toEqual([[3, 0]]);
    balanced(clients);
  });

  it('the page comes back at the next touch', () => {
    const clients = one().run(script(write(0), reclaim(A, 0), read(0)));
    expect(clients.flags(A, 0)).toBe('WUA-');
    balanced(clients);
  });

  it('leaves shared pages, absent pages and dead mms alone', () => {
    const clients = one().run(script(write(0), fork(B), reclaim(A, 0), reclaim(A, 1), exit, reclaim(A, 0)));
    expect(clients.bench.eventsOf(0, EV_RECLAIMED)).toEqual([]);
    balanced(clients);
  });

  it('flushes at once when this CPU alone has the mm, and is not marked as pending', () => {
    const clients = one().run(script(write(0), reclaim(A, 0)));
    expect(clients.bench.ops).toContain('invlpg 0');
    expect(clients.bench.word(clients.bench.layout.mms[3].tlbFlushBatched)).toBe(0);
  });

  it('with another CPU in the mask defers the flush to the end, before the page is freed', () => {
    const clients = new Clients({ mms: [{}], scripts: [[], script(run(A))], start: [{}, { loadedMm: 0 }] });
    // CPU0 waits until CPU1 has mapped the page.
    let freed = -1;
    clients.bench.run(
      function* (cpu) {
        yield* cpu.condLoadAcquire(cpu.mms[3].nextTrimCpumask, 1, 1);
        yield* cpu.fn.runStep(cpu, kthread);
        const free = cpu.freeFrame.bind(cpu);
        cpu.freeFrame = (frame) => {
          freed = clients.bench.ops.length;
          return free(frame);
        };
        yield* cpu.fn.runStep(cpu, reclaim(A, 0));
      },
      {
        1: function* (cpu) {
          for (const step of script(write(0))) yield* cpu.fn.runStep(cpu, step);
          // A word that nothing else uses.
          yield* cpu.storeRelease(cpu.mms[3].nextTrimCpumask, 1);
        },
      },
    );
    const { ops } = clients.bench;
    const sent = ops.indexOf('send IPI 1');
    expect(ops.findIndex((op) => op.startsWith('ptep_get_and_clear'))).toBeLessThan(sent);
    expect(ops.findIndex((op) => op.startsWith('atomic_fetch_add tlb_flush_batched'))).toBeLessThan(sent);
    expect(sent).toBeLessThan(ops.lastIndexOf('smp_cond_load_acquire csd(0->1).flags'));
    expect(ops.lastIndexOf('smp_cond_load_acquire csd(0->1).flags')).toBeLessThan(freed);
    expect(clients.bench.word(clients.bench.layout.mms[3].tlbFlushBatched)).toBe(1);
    balanced(clients);
  });
});
