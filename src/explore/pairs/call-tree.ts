import { type AnyFunction, fromTable, functionTable } from '../../kernel/function-table.js';
import type { KernelFunctions } from '../../kernel/functions.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Protocol } from '../../machine/protocol.js';
import { mix } from '../random.js';

/**
 * Which kernel functions each CPU is in. Two kernels that run the same script do so in the same functions, in
 * the same order, for as long as they decide the same: so the place of an operation in this tree says which
 * operation of the one is which of the other.
 */

/** A function that runs, or has run. */
export interface CallFrame {
  readonly parent: CallFrame | null;
  readonly depth: number;
  /** A hash of the names from the script's step down to this function, and of which step it is. */
  readonly path: number;
  /** Operations that the CPU had executed when the function returned. */
  end: number;
}

export class CallTrees {
  /** By CPU: the innermost function that runs. */
  readonly top: (CallFrame | null)[];
  /** By CPU: steps of its script that it has begun. */
  readonly scriptSteps: Int32Array;

  /** `executed`: operations that a CPU has executed. */
  constructor(
    cpus: number,
    private readonly executed: (cpu: number) => number,
  ) {
    this.top = new Array<CallFrame | null>(cpus).fill(null);
    this.scriptSteps = new Int32Array(cpus);
  }

  /** A new execution; what ran in the one before has gone. */
  begin(): void {
    this.top.fill(null);
    this.scriptSteps.fill(0);
  }

  /**
   * The table, each function of which says when it begins and ends. That is no step: nothing else changes.
   */
  watched(functions: KernelFunctions): KernelFunctions {
    const entries = Object.entries(functionTable(functions)).map(([name, value], index) => {
      const isScriptStep = name === 'runStep';
      return [name, this.watching(value, index + 1, isScriptStep)] as const;
    });
    return fromTable(Object.fromEntries(entries));
  }

  private watching(watched: AnyFunction, name: number, isScriptStep: boolean): AnyFunction {
    const trees = this;
    return function* watching(cpu: KernelCpu, ...rest: unknown[]): Protocol<unknown> {
      const parent = trees.top[cpu.id];
      const step = isScriptStep ? ++trees.scriptSteps[cpu.id] : 0;
      const path = mix((parent?.path ?? 0) ^ Math.imul(name + (step << 10), 0x9e3779b1));
      const frame: CallFrame = {
        parent,
        depth: (parent?.depth ?? 0) + 1,
        path,
        end: Number.POSITIVE_INFINITY,
      };
      trees.top[cpu.id] = frame;
      const result = yield* watched(cpu, ...rest);
      frame.end = trees.executed(cpu.id);
      trees.top[cpu.id] = parent;
      return result;
    };
  }
}

/** The innermost function that both are in, as the second one's; null where they share none. */
export function sharedFrame(a: CallFrame | null, b: CallFrame | null): CallFrame | null {
  let [left, right] = [a, b];
  while (left !== null && right !== null && left.path !== right.path) {
    if (left.depth > right.depth) left = left.parent;
    else if (right.depth > left.depth) right = right.parent;
    else [left, right] = [left.parent, right.parent];
  }
  return left === null ? null : right;
}
