import { AGENTS, kindOfAgent } from '../machine/agents.js';
import { OP_PTEP_GET_AND_CLEAR, OP_PTEP_SET_WRPROTECT, OP_SET_PTE } from '../machine/op-kinds.js';
import { memoryOrders } from '../memory-order/index.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import { entersBuffer } from './buffered.js';
import type { StateLog } from './cpu-state.js';
import { describeStore, hostAct } from './describe.js';
import type { Explanation } from './explanation.js';
import type { RawStep } from './raw-step.js';
import type { Teller } from './teller.js';
import type { TraceStep } from './trace-step.js';

/** Whether the step names a page-table entry: its address, mm and key. */
export function namesEntry({ kind }: RawStep): boolean {
  return kind === OP_SET_PTE || kind === OP_PTEP_GET_AND_CLEAR || kind === OP_PTEP_SET_WRPROTECT;
}

export interface Telling {
  readonly teller: Pick<Teller, 'describe' | 'names'>;
  readonly memory: MemoryModel;
  readonly explanation: Explanation | null;
  readonly states: StateLog;
}

/** Recorded steps as people read them. */
export function traceSteps(
  steps: readonly RawStep[],
  { teller, memory, explanation, states }: Telling,
): TraceStep[] {
  const { hasStoreBuffers } = memoryOrders[memory];
  const waits = (step: RawStep): boolean => hasStoreBuffers && entersBuffer(step);
  return steps.map((step, index) => ({
    step: step.step,
    cpu: step.cpu,
    agent: AGENTS[kindOfAgent(step.agent)].who,
    text: teller.describe(step, waits(step)),
    ...(waits(step) ? { isBuffered: true as const } : {}),
    ...(hostAct(step) === null ? {} : { hostAct: hostAct(step) as string }),
    functions: step.site?.functions ?? [],
    site: step.site?.place ?? null,
    ...(step.asserted?.place == null ? {} : { judgedAt: step.asserted.place }),
    handlerDepth: step.handlerDepth,
    deciding: explanation?.deciding.get(step.step) ?? null,
    drained: step.drained.map((store) => describeStore(store, step.cpu, teller.names)),
    states: states.changed[index] ?? [],
    ...(step.step === explanation?.causeStep ? { isCause: true as const } : {}),
  }));
}
