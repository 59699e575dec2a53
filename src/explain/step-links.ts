/**
 * Which step of an execution another one goes back to: the interrupt that was sent, the store that left a
 * buffer, the write that a load read from.
 */

import { SB_USER } from '../machine/hardware.js';
import * as HV from '../machine/hypervisor.js';
import { ACCESS_OK } from '../machine/mmu.js';
import * as K from '../machine/op-kinds.js';
import { entersBuffer } from './buffered.js';
import type { CpuState } from './cpu-state.js';
import { loadedFrom } from './memory-log.js';
import type { RawStep } from './raw-step.js';

/**
 * `ipi`, `nmi`: sent and delivered; `hypercall`: a flush asked for and carried out; `broadcast`: the same of
 * INVLPGB or a remote action request; `drain`: a store and its way to memory; `release`: a releasing store
 * and another CPU's load of what it wrote; `reads`: any other store, likewise.
 */
export type LinkKind = 'ipi' | 'nmi' | 'hypercall' | 'broadcast' | 'drain' | 'release' | 'reads';

/** An arrow between two recorded steps, which are told by their index. */
export interface StepLink {
  readonly kind: LinkKind;
  readonly from: number;
  readonly to: number;
}

/** A store that reached memory. */
interface Written {
  /** The step in which it did. */
  readonly at: number;
  readonly cpu: number;
  readonly releases: boolean;
}

/** A store in a store buffer. */
interface Waiting {
  readonly at: number;
  /** -1: a user store. */
  readonly address: number;
  readonly releases: boolean;
}

/**
 * The arrows of recorded steps, in the order of their ends. `isBuffered`: whether the machine has store
 * buffers; `states`: by step, how the CPUs stand that it changed.
 */
export function stepLinks(
  steps: readonly RawStep[],
  start: readonly CpuState[],
  states: readonly (readonly CpuState[])[],
  isBuffered: boolean,
): StepLink[] {
  const finder = new LinkFinder(start, isBuffered);
  for (const [index, step] of steps.entries()) finder.take(index, step, states[index] ?? []);
  return finder.links;
}

class LinkFinder {
  readonly links: StepLink[] = [];
  /** By kind and target: steps that have asked for something which has not happened. */
  private readonly asked = new Map<string, number[]>();
  private readonly pending = new Map<number, readonly string[]>();
  private readonly buffers = new Map<number, Waiting[]>();
  private readonly written = new Map<number, Written>();
  /** By CPU: its broadcasts; by pair of CPUs: how many of them are carried out. */
  private readonly broadcasts = new Map<number, number[]>();
  private readonly carried = new Map<string, number>();

  constructor(
    start: readonly CpuState[],
    private readonly isBuffered: boolean,
  ) {
    for (const { cpu, pending } of start) this.pending.set(cpu, pending);
  }

  take(index: number, step: RawStep, states: readonly CpuState[]): void {
    this.deliver(index, step, states);
    this.serve(index, step);
    this.read(index, step);
    this.drain(index, step);
    this.store(index, step);
  }

  private ask(kind: LinkKind, target: number, index: number): void {
    const key = `${kind} ${target}`;
    this.asked.set(key, [...(this.asked.get(key) ?? []), index]);
  }

  private answer(kind: LinkKind, target: number, index: number): void {
    const key = `${kind} ${target}`;
    for (const from of this.asked.get(key) ?? []) this.links.push({ kind, from, to: index });
    this.asked.delete(key);
  }

  /** What was sent stays pending, as one bit however often it was sent, until it is delivered. */
  private deliver(index: number, { cpu, kind, a }: RawStep, states: readonly CpuState[]): void {
    const before = this.pending.get(cpu) ?? [];
    for (const state of states) this.pending.set(state.cpu, state.pending);
    if (kind === K.OP_SEND_IPI) this.ask('ipi', a, index);
    else if (kind === K.OP_SEND_NMI) this.ask('nmi', a, index);
    else if (kind === K.STEP_DELIVER) {
      const left = this.pending.get(cpu) ?? [];
      if (before.includes('IPI') && !left.includes('IPI')) this.answer('ipi', cpu, index);
      if (before.includes('NMI') && !left.includes('NMI')) this.answer('nmi', cpu, index);
    }
  }

  private serve(index: number, { cpu, kind, a, value }: RawStep): void {
    if (kind === K.OP_POST_FLUSH) this.ask('hypercall', a, index);
    else if (kind === K.STEP_SERVE || (kind === K.STEP_HOST && value === HV.HOST_ENTERED_FLUSHED))
      this.answer('hypercall', cpu, index);
    else if (kind === K.OP_SEND_RAR) this.ask('broadcast', a, index);
    else if (kind === K.STEP_REMOTE_ACTION) this.answer('broadcast', cpu, index);
    else if (kind === K.OP_INVLPGB) this.broadcasts.set(cpu, [...(this.broadcasts.get(cpu) ?? []), index]);
    else if (kind === K.STEP_INVALIDATE) {
      const sent = this.broadcasts.get(value) ?? [];
      const pair = `${value} ${cpu}`;
      for (const from of sent.slice(this.carried.get(pair) ?? 0))
        this.links.push({ kind: 'broadcast', from, to: index });
      this.carried.set(pair, sent.length);
    }
  }

  /** A load that its own CPU's store buffer answers reads from nobody else. */
  private read(index: number, step: RawStep): void {
    const address = loadedFrom(step);
    if (address === null) return;
    const drained = new Set(step.drained.map((store) => store.address));
    const isForwarded = this.bufferOf(step.cpu).some((store) => store.address === address);
    if (isForwarded || drained.has(address)) return;
    const from = this.written.get(address);
    if (from === undefined || from.cpu === step.cpu) return;
    this.links.push({ kind: from.releases ? 'release' : 'reads', from: from.at, to: index });
  }

  private bufferOf(cpu: number): Waiting[] {
    const known = this.buffers.get(cpu);
    if (known !== undefined) return known;
    const made: Waiting[] = [];
    this.buffers.set(cpu, made);
    return made;
  }

  private drain(index: number, { cpu, kind, a, c, drained }: RawStep): void {
    const leaves = kind === K.STEP_DRAIN ? [{ address: a, kind: c }] : drained;
    for (const store of leaves) {
      const address = store.kind === SB_USER ? -1 : store.address;
      const buffer = this.bufferOf(cpu);
      // What was in the buffer before the first recorded step is not known here.
      const at = buffer.findIndex((waiting) => waiting.address === address);
      if (at < 0) continue;
      const [waiting] = buffer.splice(at, 1);
      this.links.push({ kind: 'drain', from: waiting.at, to: index });
      this.written.set(address, { at: index, cpu, releases: waiting.releases });
    }
  }

  private store(index: number, step: RawStep): void {
    const { cpu, kind, a, b, value } = step;
    const releases = kind === K.OP_STORE_RELEASE || kind === K.OP_SPIN_UNLOCK;
    if (this.isBuffered && entersBuffer(step)) this.bufferOf(cpu).push({ at: index, address: a, releases });
    else if (this.isBuffered && kind === K.OP_USER_ACCESS && b !== 0 && value === ACCESS_OK)
      this.bufferOf(cpu).push({ at: index, address: -1, releases: false });
    else if (kind !== K.STEP_DRAIN)
      for (const write of step.writes)
        if (!step.drained.some(({ address }) => address === write.address) || write.address === a)
          this.written.set(write.address, { at: index, cpu: write.cpu, releases });
  }
}
