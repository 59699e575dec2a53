import { agentOf, INVALIDATION_AGENT } from './agents.js';
import type { Cpu } from './cpu.js';
import type { Layout } from './layout.js';
import type { Machine } from './machine.js';
import type { Unit } from './unit.js';

/**
 * Broadcast invalidations (AMD INVLPGB and TLBSYNC; A24 of the reference): one CPU asks the MMUs of all, its
 * own among them, to drop translations. No code runs on the targets, and their interrupt flags do not matter.
 *
 * INVLPGB is weakly ordered: it does not wait for the CPU's own stores, and each target carries it out at a
 * time of its own, a step of an agent of its own. TLBSYNC waits until every target has done what this CPU,
 * and no other, has asked for. A CPU's requests stand in a list of its own; a target has a bit for each CPU
 * that wants something of it, and then does all that is in that CPU's list: what it has done already it does
 * again, which drops more than was asked and never less.
 */

/** What a request selects by; a flag that is not set selects whatever there is of it. Bits of rAX. */
export const INVLPGB_VA = 1;
export const INVLPGB_PCID = 2;
/** Only translations of the guest (or host) that asks; without it those of all guests go too (B19). */
export const INVLPGB_ASID = 4;
/** Global entries too. The lab's page tables have none. */
export const INVLPGB_INCLUDE_GLOBAL = 8;
/** The final translation only: upper-level entries stay. */
export const INVLPGB_FINAL_ONLY = 16;
/** From one address to the next by a leaf table's span, not by a page (bit 31 of ECX). */
export const INVLPGB_PMD_STRIDE = 32;
export const INVLPGB_FLAGS = 63;

/** A request: flags, PCID, first page, number of pages. */
export const REQUEST_WORDS = 4;
/** Requests of a list; one more turns them into a single one for everything. */
export const REQUESTS_MAX = 16;
/** A list: how many requests it has, and the requests. */
export const LIST_WORDS = 1 + REQUESTS_MAX * REQUEST_WORDS;

/** Words that the CPUs' MMUs share, and how they behave. */
export interface BroadcastLayout {
  /**
   * A target answers once what it stored through translations that go is in memory. Else TLBSYNC can return
   * before (arm64 has an erratum of that kind, 4193714).
   */
  readonly waitsForAccesses: boolean;
  /** By CPU: first word of its list. */
  readonly list: readonly number[];
  /** By CPU: targets that have not done what its list asks for. */
  readonly outstanding: readonly number[];
  /** By target: who wants something of it, a bit a CPU; first of the mask's words. */
  readonly wanted: readonly number[];
}

/** Lays the words out; nobody but the MMUs names them. */
export function broadcastLayout(layout: Layout, cpus: number, waitsForAccesses: boolean): BroadcastLayout {
  const perCpu = (name: string, words: number): number[] =>
    Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name, words, 'hidden'));
  return {
    waitsForAccesses,
    list: perCpu('invlpgb.list', LIST_WORDS),
    outstanding: perCpu('invlpgb.outstanding', 1),
    wanted: perCpu('invlpgb.wanted', Math.ceil(cpus / 32)),
  };
}

/** The same words in either build: adds to a list what an INVLPGB asks for. */
export function addRequest(mem: Int32Array, list: number, request: readonly number[]): void {
  if (mem[list] === REQUESTS_MAX) {
    mem.fill(0, list + 1, list + 1 + REQUEST_WORDS);
    mem[list] = 1;
    return;
  }
  mem.set(request, list + 1 + mem[list] * REQUEST_WORDS);
  mem[list]++;
}

/** The CPUs' broadcast invalidations in the explorer. */
export class Broadcasts implements Unit {
  readonly moves = { [INVALIDATION_AGENT]: ({ id }: Cpu) => this.carryOut(id) };
  private readonly mem: Int32Array;
  private readonly maskWords: number;

  constructor(
    private readonly machine: Machine,
    private readonly layout: BroadcastLayout,
  ) {
    this.mem = machine.mem;
    this.maskWords = Math.ceil(machine.program.cpus / 32);
  }

  /** INVLPGB: the request is on its way to every CPU. */
  issue(id: number, flags: number, pcid: number, page: number, pages: number): void {
    const { machine, mem, layout } = this;
    // What all have done belongs to the past.
    if (mem[layout.outstanding[id]] === 0) mem[layout.list[id]] = 0;
    addRequest(mem, layout.list[id], [flags, pcid, page, pages]);
    for (let target = 0; target < machine.cpus.length; target++) {
      const word = layout.wanted[target] + (id >> 5);
      if ((mem[word] & (1 << (id & 31))) !== 0) continue;
      mem[word] |= 1 << (id & 31);
      mem[layout.outstanding[id]]++;
      machine.enabled.add(agentOf(target, INVALIDATION_AGENT));
    }
  }

  /** The word that TLBSYNC waits for to become 0. */
  outstandingOf(id: number): number {
    return this.layout.outstanding[id];
  }

  /** The agent's step: does what one CPU wants of this one, and tells it. */
  carryOut(target: number): number {
    const { machine, mem, layout } = this;
    const id = this.pick(target);
    const block = machine.block(target);
    // Stores through translations that go now are in memory before the answer; what was stored after them
    // may still be buffered: nothing here is a barrier for the target's code.
    if (layout.waitsForAccesses) machine.buffers.drainUserStores(target, block);
    const list = layout.list[id];
    for (let i = 0; i < mem[list]; i++) machine.mmu.invlpgb(block, list + 1 + i * REQUEST_WORDS);
    mem[layout.wanted[target] + (id >> 5)] &= ~(1 << (id & 31));
    this.refresh(target);
    machine.observer.invalidated(target);
    machine.commit(target, layout.outstanding[id], mem[layout.outstanding[id]] - 1);
    return id;
  }

  /** One of the CPUs that want something, a recorded choice where there are several. */
  private pick(target: number): number {
    const asking: number[] = [];
    for (let id = 0; id < this.machine.cpus.length; id++)
      if ((this.mem[this.layout.wanted[target] + (id >> 5)] & (1 << (id & 31))) !== 0) asking.push(id);
    return asking.length === 1 ? asking[0] : asking[this.machine.choose(asking.length)];
  }

  /** Whether something is wanted of the CPU, as its agent is to know it. */
  refresh(target: number): void {
    const agent = agentOf(target, INVALIDATION_AGENT);
    let asked = 0;
    for (let word = 0; word < this.maskWords; word++) asked |= this.mem[this.layout.wanted[target] + word];
    if (asked !== 0) this.machine.enabled.add(agent);
    else this.machine.enabled.remove(agent);
  }
}
