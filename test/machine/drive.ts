import {
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  INVALIDATION_AGENT,
  LINE_AGENT,
  REMOTE_ACTION_AGENT,
  WALKER_AGENT,
} from '../../src/machine/agents.js';
import { broadcastLayout } from '../../src/machine/broadcast.js';
import { Cpu } from '../../src/machine/cpu.js';
import { Ghost, ghostLayout, TABLE_PAGES } from '../../src/machine/ghost.js';
import * as H from '../../src/machine/hardware.js';
import { Layout } from '../../src/machine/layout.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { makePte, PTE_PRESENT, PTE_USER, PTE_WRITE } from '../../src/machine/pte.js';
import type { MemoryModel } from '../../src/vocabulary/finding.js';

/** A machine moved by hand, one agent's step at a time. */
export class Drive {
  readonly machine: Machine;

  constructor(program: Program, memory: MemoryModel = 'tso') {
    this.machine = new Machine(program, memory);
    this.machine.begin();
  }

  private can(agent: number): boolean {
    return this.machine.enabled.has(agent);
  }

  private step(agent: number, what: string): void {
    if (!this.can(agent)) throw new Error(`${what} cannot move`);
    this.machine.stepAgent(agent);
  }

  canRun(id: number): boolean {
    return this.can(agentOf(id, CPU_AGENT));
  }
  canDeliver(id: number): boolean {
    return this.can(agentOf(id, LINE_AGENT));
  }
  canDrain(id: number): boolean {
    return this.can(agentOf(id, BUFFER_AGENT));
  }
  /** Lets the CPU execute `count` instructions. */
  run(id: number, count = 1): void {
    for (let i = 0; i < count; i++) this.step(agentOf(id, CPU_AGENT), `CPU ${id}`);
  }
  /** Lets the CPU run until it cannot move, at most 1,000 instructions. */
  runAll(id: number): void {
    for (let i = 0; i < 1000 && this.canRun(id); i++) this.run(id);
  }
  drain(id: number): void {
    this.step(agentOf(id, BUFFER_AGENT), `the store buffer of CPU ${id}`);
  }
  deliver(id: number): void {
    this.step(agentOf(id, LINE_AGENT), `the interrupt line of CPU ${id}`);
  }
  canInvalidate(id: number): boolean {
    return this.can(agentOf(id, INVALIDATION_AGENT));
  }
  /** The CPU's MMU carries out what one CPU has broadcast; answers which one. */
  invalidate(id: number): number {
    this.step(agentOf(id, INVALIDATION_AGENT), `the MMU of CPU ${id}`);
    return this.machine.lastValue;
  }
  canAct(id: number): boolean {
    return this.can(agentOf(id, REMOTE_ACTION_AGENT));
  }
  /** The CPU's microcode carries out a remote action request; answers the number of its payload. */
  act(id: number): number {
    this.step(agentOf(id, REMOTE_ACTION_AGENT), `the microcode of CPU ${id}`);
    return this.machine.lastValue;
  }
  /** One step of a speculative walk, of `page` if none is under way. */
  walk(id: number, page: number): void {
    this.machine.choose = () => page;
    this.machine.enabled.add(agentOf(id, WALKER_AGENT));
    this.machine.stepAgent(agentOf(id, WALKER_AGENT));
  }
  hardware(id: number, offset: number): number {
    return this.machine.mem[this.machine.block(id) + offset];
  }
}

/** Frames of the little address space below: its root, its two leaf tables, and the frame of page p. */
export const ROOT = 0;
export const TABLE = 1;
export const SECOND_TABLE = 2;
export const SECOND_ROOT = 3;
export const frameOf = (page: number): number => 4 + page;
export const MM = 3;
export const PAGES = 32;
const FRAMES = 40;
const MMS = 5;
const GRACE = 4;

export interface MmuProgram extends Program {
  /** Word of entry `index` of the table in `frame`. */
  entry(frame: number, index: number): number;
}

/**
 * CPUs with an MMU, without a kernel: an address space (root in frame 0, tables for pages 0-7 and 8-15) whose
 * pages map to frames 4 and up with `flags`. Every CPU starts with it loaded under PCID 1. Root 3 belongs to
 * another address space that maps the same tables.
 */
export function mmuProgram(
  cpus: readonly ((cpu: Cpu) => Protocol<void>)[],
  flags = PTE_PRESENT | PTE_WRITE | PTE_USER,
  broadcasts?: { readonly waitsForAccesses: boolean; readonly tce?: boolean },
): MmuProgram {
  const layout = new Layout();
  const framesBase = layout.alloc('frame memory', FRAMES * TABLE_PAGES, 'pte');
  const freeTop = layout.alloc('free list top');
  const freeStack = layout.alloc('free list', FRAMES);
  const grace = layout.alloc('grace period', 1 + GRACE * (1 + Math.ceil(cpus.length / 32)));
  const hardwareBase = layout.alloc('hardware', H.HW_WORDS * cpus.length);
  const ghost = ghostLayout(layout, PAGES, MMS, FRAMES, TABLE_PAGES);
  const broadcast =
    broadcasts === undefined ? null : broadcastLayout(layout, cpus.length, broadcasts.waitsForAccesses);
  const image = new Int32Array(layout.size);
  const entry = (frame: number, index: number): number => framesBase + frame * TABLE_PAGES + index;
  const owners = new Ghost(image, ghost, hardwareBase);
  image[owners.ownerOf(ROOT)] = owners.newAddressSpace(MM);
  image[owners.ownerOf(SECOND_ROOT)] = owners.newAddressSpace(MM + 1);
  const link = PTE_PRESENT | PTE_WRITE | PTE_USER;
  for (const root of [ROOT, SECOND_ROOT]) {
    image[entry(root, 0)] = makePte(TABLE, link);
    image[entry(root, 1)] = makePte(SECOND_TABLE, link);
  }
  for (let page = 0; page < 2 * TABLE_PAGES; page++) {
    image[entry(page < TABLE_PAGES ? TABLE : SECOND_TABLE, page % TABLE_PAGES)] = makePte(
      frameOf(page),
      flags,
    );
  }
  let top = 0;
  for (let frame = FRAMES - 1; frame >= frameOf(2 * TABLE_PAGES); frame--) image[freeStack + top++] = frame;
  image[freeTop] = top;
  for (let id = 0; id < cpus.length; id++) {
    const block = hardwareBase + id * H.HW_WORDS;
    image[block + H.IF] = 1;
    image[block + H.CR3_ROOT] = ROOT;
    image[block + H.CR3_PCID] = 1;
    image[block + H.CR3_OWNER] = image[owners.ownerOf(ROOT)];
  }
  return {
    name: 'mmu',
    cpus: cpus.length,
    layout,
    words: { first: 0, end: layout.size, holeFirst: layout.size, holeEnd: layout.size },
    hardwareBase,
    hardwareWords: H.HW_WORDS,
    image,
    mmu: {
      ghost,
      handles: MMS,
      framesBase,
      frameWords: TABLE_PAGES,
      frameStride: TABLE_PAGES,
      frames: FRAMES,
      freeTop,
      freeStack,
      freeLists: null,
      grace,
      graceCapacity: GRACE,
      generations: [],
      pages: PAGES,
    },
    broadcast,
    tce: broadcasts?.tce === true,
    createCpu: (machine, id) => new Cpu(machine, id),
    main: (cpu) => cpus[cpu.id](cpu),
    interrupt: onlyIret,
    nmi: onlyIret,
    check: () => null,
    watched: [],
    entry,
  };
}

function* onlyIret(cpu: Cpu): Protocol<void> {
  yield* cpu.iret();
}
