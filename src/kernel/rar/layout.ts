import type { Layout } from '../../machine/layout.js';
import {
  type RemoteActionBehaviour,
  type RemoteActionLayout,
  remoteActionLayout,
} from '../../machine/remote-actions.js';
import type { Scenario } from '../../vocabulary/scenario.js';

/** What a kernel keeps for remote action requests (arch/x86/mm/rar.c); of no words where it has none. */

/**
 * Payloads of a machine whose scenario does not say how many: few, so that CPUs share them (the hardware has
 * up to 64).
 */
export const RAR_PAYLOADS = 2;

export interface RarLayout {
  /** Payloads, action vectors and signals; null without. */
  readonly hardware: RemoteActionLayout | null;
  /** By payload: `rar_locks`. */
  readonly locks: readonly number[];
  /** `rar_in_use`, a bit a payload (up to v3). */
  readonly inUse: number;
  /** `cpu_online_mask`: all CPUs. */
  readonly onlineMask: number;
  /** By CPU: `rar_cpu_mask`, scratch. */
  readonly mask: readonly number[];
  /** By CPU: what its call-function IPIs ask for now, one of FUNC_*, scratch. */
  readonly func: readonly number[];
  /** By CPU: whether its switch under way had to set the bit in mm_cpumask (`new_cpu`), scratch. */
  readonly newCpu: readonly number[];
  /** By CPU: what lies behind ctxs[], a word for each global ASID: somebody else's. */
  readonly behindSlots: readonly number[];
}

/** Lays it out; `behaviour` null: there are no remote action requests, or the kernel does not use them. */
export function rarLayout(
  layout: Layout,
  { cpus, slots, rarPayloads }: Scenario,
  globalAsids: number,
  behaviour: RemoteActionBehaviour | null,
): RarLayout {
  const none = { locks: [], inUse: 0, onlineMask: 0, mask: [], func: [], newCpu: [], behindSlots: [] };
  if (behaviour === null) return { hardware: null, ...none };
  const maskWords = Math.ceil(cpus / 32);
  const payloads = rarPayloads ?? RAR_PAYLOADS;
  const perCpu = (name: string, words: number, format: Parameters<Layout['alloc']>[2] = 'number'): number[] =>
    Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name, words, format));
  return {
    hardware: remoteActionLayout(layout, cpus, payloads, behaviour),
    locks: Array.from({ length: payloads }, (_, slot) => layout.alloc(`rar_locks[${slot}]`)),
    inUse: layout.alloc('rar_in_use', 1, 'mask'),
    onlineMask: layout.alloc('cpu_online_mask', maskWords, 'mask'),
    mask: perCpu('rar_cpu_mask', maskWords, 'mask'),
    func: perCpu('rar_func', 1),
    newCpu: perCpu('new_cpu', 1, 'bool'),
    behindSlots: perCpu('behind_ctxs', globalAsids - slots + 1),
  };
}

/** What is there at the start: every CPU is online. */
export function startRar(mem: Int32Array, { onlineMask, hardware }: RarLayout, cpus: number): void {
  if (hardware === null) return;
  for (let cpu = 0; cpu < cpus; cpu++) mem[onlineMask + (cpu >> 5)] |= 1 << (cpu & 31);
}
