/**
 * The state in which a window's scenario begins, from what the recording showed before it.
 */
import type { ScenarioCpu, ScenarioMm } from '../vocabulary/scenario.js';
import type { AddressSpaces } from './address-space.js';
import { ASID_SLOTS, INIT_CTX, MachineState } from './machine-state.js';
import type { Recording } from './recording.js';
import { TraceError } from './trace-error.js';

/** Generations stay below this, so that a run's own increments cannot overflow an Int32 word. */
const MAX_GEN = 2 ** 30;

/**
 * The machine as the events before index `first` leave it. A CPU that is between its switch_mm and its CR3
 * write gets the write too: the window's script has no step for half a switch.
 */
export function machineBefore(recording: Recording, first: number): MachineState {
  const machine = new MachineState(recording.cpus);
  for (let i = 0; i < first; i++) {
    const event = recording.events[i];
    if (event !== undefined) machine.apply(event);
  }
  const halfway = new Set(machine.cpus.flatMap((cpu, index) => (cpu.reload === null ? [] : [index])));
  for (let i = first; i < recording.events.length && halfway.size > 0; i++) {
    const event = recording.events[i];
    if (event === undefined || !halfway.delete(event.cpu)) continue;
    if (event.kind === 'write_cr3') machine.apply(event);
  }
  return machine;
}

/**
 * tlb_gen of each mm just before the window: the last seen, or what its first event in the window implies.
 */
function generationBefore(
  recording: Recording,
  machine: MachineState,
  ctx: number,
  first: number,
  end: number,
): number {
  const known = machine.mms.get(ctx)?.gen ?? null;
  if (known !== null) return known;
  for (let i = first; i < end; i++) {
    const event = recording.events[i];
    if (event?.kind === 'flush_mm_range' && event.ctx === ctx) return event.gen;
    if (event?.kind === 'switch_mm' && event.nctx === ctx) return event.ngen;
  }
  return 1;
}

export interface StartOptions {
  /** Contexts of the scenario's mms, in its order; negative stands for a child that never ran. */
  readonly ctxs: readonly number[];
  /** Contexts that a fork of the window creates. */
  readonly unborn: ReadonlySet<number>;
  readonly spaces: AddressSpaces;
  readonly first: number;
  readonly end: number;
}

export interface StartState {
  readonly mms: ScenarioMm[];
  readonly cpus: ScenarioCpu[];
}

/** Throws TraceError for generations that the lab's words cannot hold. */
export function startState(recording: Recording, machine: MachineState, options: StartOptions): StartState {
  const { ctxs, unborn, spaces, first, end } = options;
  const indexOf = new Map(ctxs.map((ctx, index) => [ctx, index]));
  const generations = ctxs.map((ctx) =>
    unborn.has(ctx) ? 1 : generationBefore(recording, machine, ctx, first, end),
  );
  const tooLarge = generations.findIndex((gen) => gen > MAX_GEN);
  if (tooLarge !== -1) {
    throw new TraceError(
      recording.file,
      recording.events[first]?.line ?? null,
      `context ${ctxs[tooLarge]} has tlb_gen ${generations[tooLarge]}`,
      `expected at most ${MAX_GEN}`,
    );
  }
  const mms = ctxs.map((ctx, index): ScenarioMm => {
    if (unborn.has(ctx)) return { alive: false };
    const mask = machine.mms.get(ctx)?.cpus ?? 0n;
    const cpumask = machine.cpus.flatMap((_, cpu) => ((mask >> BigInt(cpu)) & 1n ? [cpu] : []));
    return {
      tlbGen: generations[index] ?? 1,
      vmas: spaces.vmasAt(ctx, first, end),
      ...(cpumask.length === 0 ? {} : { cpumask }),
    };
  });
  const cpus = machine.cpus.map((cpu): ScenarioCpu => {
    const slots = cpu.slots.map((slot) => {
      const mm = slot === null || unborn.has(slot.ctx) ? undefined : indexOf.get(slot.ctx);
      // A slot of an mm that the window does not need is as good as empty: nothing can find it.
      return slot === null || mm === undefined
        ? null
        : { mm, tlbGen: Math.min(slot.gen, generations[mm] ?? 1) };
    });
    const loadedMm =
      cpu.ctx === null || cpu.ctx === INIT_CTX || unborn.has(cpu.ctx) ? undefined : indexOf.get(cpu.ctx);
    const cursor = cpu.nextAsid === null ? {} : { nextAsid: cpu.nextAsid };
    if (loadedMm === undefined) return { slots, ...cursor };
    const asid = cpu.asid ?? slotFor(slots, loadedMm);
    slots[asid] ??= { mm: loadedMm, tlbGen: generations[loadedMm] ?? 1 };
    return { loadedMm, ...(cpu.lazy ? { lazy: true } : {}), slots, loadedMmAsid: asid, ...cursor };
  });
  return { mms, cpus };
}

/** Where to put a loaded mm whose slot the recording has not shown: its own slot, else an empty one. */
function slotFor(slots: readonly ({ readonly mm: number } | null)[], mm: number): number {
  const own = slots.findIndex((slot) => slot?.mm === mm);
  if (own !== -1) return own;
  return Math.max(0, slots.slice(0, ASID_SLOTS).indexOf(null));
}
