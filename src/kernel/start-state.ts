import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { FIRST_USER_MM, INIT_MM, INIT_MM_CTX_ID, MM_NULL, VM_READ, VM_WRITE } from './constants.js';
import { globalAsidAtStart, startGlobalAsids } from './global-asid-layout.js';
import { type KernelLayout, vmaOffset } from './kernel-layout.js';
import { NO_OWN_WORDS, startOwnWords } from './own-words.js';
import { packSlot } from './packed-slots.js';
import { startRar } from './rar/layout.js';
import { MM_ALIVE, MM_DEAD } from './sched.js';
import { cacheTranslations, mapPages } from './start-warm.js';

/** The frame of init_mm's root table: the first that is handed out. */
export const INIT_MM_ROOT = 0;

/** The memory that every execution of a scenario starts from. */
export function startImage(
  scenario: Scenario,
  kernel: KernelLayout,
  runs: readonly ReadonlySet<number>[],
  packedTagBits = 0,
  ownWords = NO_OWN_WORDS,
): Int32Array {
  const mem = new Int32Array(kernel.layout.size);
  startOwnWords(mem, ownWords, kernel.own);
  const ghost = new Ghost(mem, kernel.mmu.ghost, kernel.hardwareBase);
  let top = 0;
  // Highest frame at the bottom, so that frames are handed out in ascending order.
  for (let frame = kernel.mmu.frames - 1; frame >= 0; frame--) mem[kernel.mmu.freeStack + top++] = frame;
  const takeFrame = (): number => mem[kernel.mmu.freeStack + --top];
  const takeRoot = (owner: number): number => {
    const frame = takeFrame();
    mem[ghost.ownerOf(frame)] = owner;
    return frame;
  };

  const initMm = kernel.mms[INIT_MM];
  mem[initMm.ctxId] = INIT_MM_CTX_ID;
  mem[initMm.pgd] = takeRoot(ghost.newAddressSpace(INIT_MM));
  mem[initMm.alive] = MM_ALIVE;
  mem[kernel.lastCtxId] = INIT_MM_CTX_ID + scenario.mms.length;
  startGlobalAsids(mem, scenario, kernel.globalAsids);
  startRar(mem, kernel.rar, scenario.cpus);
  scenario.mms.forEach((start, index) => {
    const handle = FIRST_USER_MM + index;
    const mm = kernel.mms[handle];
    if (start.alive === false) {
      mem[mm.alive] = MM_DEAD;
      return;
    }
    mem[mm.alive] = MM_ALIVE;
    mem[mm.ctxId] = INIT_MM_CTX_ID + 1 + index;
    mem[mm.tlbGen] = start.tlbGen ?? 1;
    mem[mm.pgd] = takeRoot(ghost.newAddressSpace(handle));
    mem[mm.mmCount] = 1;
    for (const [from, to, write] of start.vmas ?? [[0, scenario.pages, true]]) {
      for (let page = from; page < to; page++)
        mem[mm.vmas + vmaOffset(kernel.vmaStride, page)] = write ? VM_READ | VM_WRITE : VM_READ;
    }
    for (const cpu of start.cpumask ?? []) mem[mm.cpumask + (cpu >> 5)] |= 1 << (cpu & 31);
    runs.forEach((handles, cpu) => {
      if (!handles.has(handle)) return;
      mem[mm.mmUsers]++;
      mem[kernel.cpus[cpu].current.threads + handle] = 1;
    });
  });
  mapPages(mem, scenario, kernel, ghost, takeFrame);
  mem[kernel.mmu.freeTop] = top;
  for (let cpu = 0; cpu < scenario.cpus; cpu++) {
    startCpu(mem, scenario, kernel, cpu, ghost, packedTagBits);
    cacheTranslations(mem, scenario, kernel, ghost, cpu);
  }
  return mem;
}

function startCpu(
  mem: Int32Array,
  scenario: Scenario,
  kernel: KernelLayout,
  cpu: number,
  ghost: Ghost,
  packedTagBits: number,
): void {
  const start = scenario.start?.[cpu] ?? {};
  const own = kernel.cpus[cpu];
  const loaded = start.loadedMm === undefined ? INIT_MM : start.loadedMm + FIRST_USER_MM;
  const globalAsid = globalAsidAtStart(mem, kernel.globalAsids, loaded);
  const asid = globalAsid !== 0 ? globalAsid : (start.loadedMmAsid ?? 0);
  const state = own.tlbstate;
  mem[state.loadedMm] = loaded;
  mem[state.loadedMmAsid] = asid;
  mem[state.isLazy] = start.lazy === true ? 1 : 0;
  mem[own.current.mm] = loaded === INIT_MM || start.lazy === true ? MM_NULL : loaded;
  mem[own.current.activeMm] = loaded;
  const set = (slot: number, ctxId: number, tlbGen: number): void => {
    mem[state.ctxs[slot].ctxId] = ctxId;
    mem[state.ctxs[slot].tlbGen] = packedTagBits > 0 ? packSlot(packedTagBits, ctxId, tlbGen) : tlbGen;
  };
  let lastUsed = globalAsid !== 0 ? -1 : asid;
  (start.slots ?? []).forEach((slot, index) => {
    if (slot === null) return;
    set(index, mem[kernel.mms[slot.mm + FIRST_USER_MM].ctxId], slot.tlbGen);
    lastUsed = Math.max(lastUsed, index);
  });
  // What runs without a slot of its own given is as fresh as its mm.
  if (globalAsid === 0 && mem[state.ctxs[asid].ctxId] === 0)
    set(asid, mem[kernel.mms[loaded].ctxId], mem[kernel.mms[loaded].tlbGen]);
  mem[state.nextAsid] = start.nextAsid ?? lastUsed + 1;
  if (loaded !== INIT_MM) {
    mem[kernel.mms[loaded].cpumask + (cpu >> 5)] |= 1 << (cpu & 31);
    if (start.lazy === true) mem[kernel.mms[loaded].mmCount]++;
  }
  const block = kernel.hardwareBase + cpu * H.HW_WORDS;
  const root = mem[kernel.mms[loaded].pgd];
  if (kernel.xen.currentCr3.length > 0) mem[kernel.xen.currentCr3[cpu]] = root;
  mem[block + H.IF] = 1;
  mem[block + H.CR3_ROOT] = root;
  mem[block + H.CR3_PCID] = scenario.pcid ? asid + 1 : 0;
  mem[block + H.CR3_OWNER] = mem[ghost.ownerOf(root)];
  mem[block + H.CR3_ALLOC] = mem[ghost.allocOf(root)];
}
