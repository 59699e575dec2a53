import { agentOf, REMOTE_ACTION_AGENT } from './agents.js';
import type { Cpu } from './cpu.js';
import { TABLE_SHIFT } from './ghost.js';
import * as H from './hardware.js';
import type { Layout } from './layout.js';
import type { Machine } from './machine.js';
import type { Mmu } from './mmu.js';
import type { Unit } from './unit.js';

/**
 * Remote action requests (Intel RAR; A25 of the reference). A table of payloads, which all CPUs share, says
 * what is to be done; each CPU has an action vector with an entry for each payload. Who wants something fills
 * a payload, sets the targets' entries to PENDING by plain stores, and signals the targets through the APIC.
 * A target's microcode then carries out each payload whose entry is PENDING, and overwrites the entry. No
 * code runs there. Payloads and entries are memory like any other; only the signal is the machine's.
 */

/** Entries of an action vector. */
export const RAR_SUCCESS = 0;
export const RAR_PENDING = 1;
export const RAR_FAILURE = 0x80;

/** Words of a payload: a header of bit fields, the PCID, the first page. */
export const PAYLOAD_HEADER = 0;
export const PAYLOAD_PCID = 1;
export const PAYLOAD_PAGE = 2;
export const PAYLOAD_WORDS = 3;

/** The type that invalidates as INVPCID does. The others of the interface end in FAILURE here. */
export const RAR_TYPE_INVPCID = 2;
/** Its subtypes. */
export const RAR_INVPCID_ADDR = 0;
export const RAR_INVPCID_PCID = 1;
export const RAR_INVPCID_ALL = 2;
export const RAR_INVPCID_ALL_NO_GLOBAL = 3;
/** Page sizes: a page, or what one leaf table spans. */
export const RAR_PAGE_4K = 0;
export const RAR_PAGE_2M = 1;
/** Most pages that a payload can name: its field has six bits. */
export const RAR_PAGES_MAX = 63;

const SUBTYPE_SHIFT = 8;
const SIZE_SHIFT = 11;
const PAGES_SHIFT = 13;

/** A payload's header: type 8 bits, subtype 3, page size 2, number of pages 6. */
export function payloadHeader(type: number, subtype: number, pageSize: number, pages: number): number {
  return type | (subtype << SUBTYPE_SHIFT) | (pageSize << SIZE_SHIFT) | (pages << PAGES_SHIFT);
}

/** What a header says, by the same fields. */
export function headerFields(header: number): {
  readonly type: number;
  readonly subtype: number;
  readonly pageSize: number;
  readonly pages: number;
} {
  return {
    type: header & 0xff,
    subtype: (header >> SUBTYPE_SHIFT) & 7,
    pageSize: (header >> SIZE_SHIFT) & 3,
    pages: (header >> PAGES_SHIFT) & RAR_PAGES_MAX,
  };
}

/** How the CPUs' microcode behaves. */
export interface RemoteActionBehaviour {
  /** An entry is overwritten once what the target stored through translations that go is in memory. */
  readonly waitsForAccesses: boolean;
  /** RAR_CTRL.IGNORE_IF: it acts whatever the interrupt flag says; else while interrupts are on only. */
  readonly ignoresIf: boolean;
  /** A CPU that signals itself is flushed too; else its entry is overwritten and nothing dropped. */
  readonly actsOnSelf: boolean;
}

export interface RemoteActionLayout extends RemoteActionBehaviour {
  readonly slots: number;
  /** First word of the table of payloads. */
  readonly payloads: number;
  /** By CPU: first word of its action vector, an entry a word. */
  readonly actions: readonly number[];
  /** By CPU: 1 while a signal is pending (one bit, however often it was sent). */
  readonly signal: readonly number[];
  /** By CPU: payloads for which it has signalled itself, a bit each. */
  readonly own: readonly number[];
}

/** Lays the words out. Programs may name payloads and vectors; the signals are nobody's but the machine's. */
export function remoteActionLayout(
  layout: Layout,
  cpus: number,
  slots: number,
  behaviour: RemoteActionBehaviour,
): RemoteActionLayout {
  const hidden = (name: string): number[] =>
    Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name, 1, 'hidden'));
  return {
    ...behaviour,
    slots,
    payloads: layout.alloc('rar_payload', slots * PAYLOAD_WORDS),
    actions: Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, 'rar_action', slots)),
    signal: hidden('rar.signal'),
    own: hidden('rar.own'),
  };
}

/** Carries a payload out on one CPU; answers the entry's new value. The same in either build. */
export function carryOut(mem: Int32Array, mmu: Mmu, block: number, payload: number, pages: number): number {
  const header = headerFields(mem[payload + PAYLOAD_HEADER]);
  if (header.type !== RAR_TYPE_INVPCID || header.pageSize > RAR_PAGE_2M) return RAR_FAILURE;
  const pcid = mem[payload + PAYLOAD_PCID];
  if (header.subtype !== RAR_INVPCID_ADDR) {
    if (header.subtype > RAR_INVPCID_ALL_NO_GLOBAL) return RAR_FAILURE;
    mmu.invpcid(block, header.subtype, pcid, 0);
    return RAR_SUCCESS;
  }
  const stride = header.pageSize === RAR_PAGE_2M ? 1 << TABLE_SHIFT : 1;
  for (let i = 0; i < header.pages; i++) {
    const page = mem[payload + PAYLOAD_PAGE] + i * stride;
    // Behind the last page that there is nothing can be cached.
    if (page < pages) mmu.invpcid(block, RAR_INVPCID_ADDR, pcid, page);
  }
  return RAR_SUCCESS;
}

/** A step found nothing to do: the signal was for what has been done with an earlier one. */
export const NOTHING_PENDING = -1;

/** The CPUs' microcode in the explorer. */
export class RemoteActions implements Unit {
  readonly moves = { [REMOTE_ACTION_AGENT]: ({ id }: Cpu) => this.act(id) };
  private readonly mem: Int32Array;

  constructor(
    private readonly machine: Machine,
    private readonly layout: RemoteActionLayout,
  ) {
    this.mem = machine.mem;
  }

  /** The signal arrives; `slot`, which no signal carries, says for which payload it was sent. */
  signal(id: number, target: number, slot: number): void {
    const { layout, mem } = this;
    mem[layout.signal[target]] = 1;
    if (id === target) mem[layout.own[id]] |= 1 << slot;
    this.refresh(target);
  }

  /**
   * The agent's step: one payload whose entry is PENDING; answers its number, or NOTHING_PENDING. What
   * several wait for is done one by one, in any order. The signal is gone with the last of them: a PENDING
   * that comes later has to be signalled.
   */
  private act(target: number): number {
    const { machine, mem, layout } = this;
    const actions = layout.actions[target];
    const pending: number[] = [];
    for (let slot = 0; slot < layout.slots; slot++)
      if (mem[actions + slot] === RAR_PENDING) pending.push(slot);
    if (pending.length <= 1) mem[layout.signal[target]] = 0;
    this.refresh(target);
    if (pending.length === 0) return NOTHING_PENDING;
    const slot = pending.length === 1 ? pending[0] : pending[machine.choose(pending.length)];
    const block = machine.block(target);
    // As for broadcasts: what the target's kernel has stored may stay buffered, this is no barrier for it. A
    // CPU that drained everything would do nothing that drains of its buffer just before cannot do.
    if (layout.waitsForAccesses) machine.buffers.drainUserStores(target, block);
    const isOwn = ((mem[layout.own[target]] >> slot) & 1) !== 0;
    mem[layout.own[target]] &= ~(1 << slot);
    const payload = layout.payloads + slot * PAYLOAD_WORDS;
    const isDone = isOwn && !layout.actsOnSelf;
    const status = isDone ? RAR_SUCCESS : carryOut(mem, machine.mmu, block, payload, machine.layout.pages);
    machine.observer.invalidated(target);
    machine.commit(target, actions + slot, status);
    return slot;
  }

  /** Whether the CPU's microcode has been signalled and may act, as its agent is to know it. */
  refresh(target: number): void {
    const { machine, mem, layout } = this;
    const agent = agentOf(target, REMOTE_ACTION_AGENT);
    const mayAct = layout.ignoresIf || mem[machine.block(target) + H.IF] !== 0;
    if (mem[layout.signal[target]] !== 0 && mayAct) machine.enabled.add(agent);
    else machine.enabled.remove(agent);
  }
}
