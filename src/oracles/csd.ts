import { EV_CSD_QUEUED, EV_CSD_RAN, EV_CSD_UNLOCKED, EV_IPI_SERVED } from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { flushSmpCallFunctionQueue, runCsd } from '../kernel/smp.js';
import type { Oracle, OracleInfo } from './oracle.js';

/**
 * Life of a csd: idle, queued, taken by its target, its function has run. It is told by notes of functions
 * that a variant may replace, and a replacement need not make them: what nobody noted is not held against it.
 */
const QUEUED = 1;
const SERVED = 2;
const RAN = 3;
const NOTHING: readonly number[] = [];

/** The notes that the oracles follow, and what a csd is after each. */
export const CSD_NOTES: ReadonlyMap<number, number> = new Map([
  [EV_CSD_QUEUED, QUEUED],
  [EV_IPI_SERVED, SERVED],
  [EV_CSD_RAN, RAN],
  [EV_CSD_UNLOCKED, 0],
]);

function follow(judge: (state: number, cpu: number, kind: number, csd: number) => void): Oracle {
  const state = new Map<number, number>();
  return {
    begin: () => state.clear(),
    event(cpu: number, kind: number, csd: number): void {
      const next = CSD_NOTES.get(kind);
      if (next === undefined) return;
      judge(state.get(csd) ?? 0, cpu, kind, csd);
      if (next === 0) state.delete(csd);
      else state.set(csd, next);
    },
    state: () => (state.size === 0 ? NOTHING : [...state].sort(([a], [b]) => a - b).flat()),
    restore(told: readonly number[]): void {
      state.clear();
      for (let i = 0; i < told.length; i += 2) state.set(told[i], told[i + 1]);
    },
  };
}

/** Whether targets note what they do with a csd: the kernel's own functions do. */
function targetsNote({ functions }: KernelConfig): boolean {
  return functions.runCsd === runCsd && functions.flushSmpCallFunctionQueue === flushSmpCallFunctionQueue;
}

/** `csd-reuse`: a csd was queued again before its target had finished with it. */
export const csdReuse: OracleInfo = {
  name: 'csd-reuse',
  latent: false,
  summary: 'a call-function descriptor was queued again before its target had unlocked it',
  create: (machine, kernel) => {
    const noted = targetsNote(kernel);
    return follow((state, cpu, kind, csd) => {
      // Once its function has run the target unlocks it next, in the same step; only a replaced csd_unlock
      // does not say so.
      if (kind === EV_CSD_QUEUED && (state === SERVED || (state === QUEUED && noted)))
        machine.report({ class: 'csd-reuse', cpu, csd });
    });
  },
};

/** `lost-ack`: a csd was unlocked, which acknowledges it to its waiter, though its function has not run. */
export const lostAck: OracleInfo = {
  name: 'lost-ack',
  latent: false,
  summary: 'a call-function request was acknowledged before its function had run',
  create: (machine) =>
    follow((state, cpu, kind, csd) => {
      if (kind === EV_CSD_UNLOCKED && state === SERVED) machine.report({ class: 'lost-ack', cpu, csd });
    }),
};
