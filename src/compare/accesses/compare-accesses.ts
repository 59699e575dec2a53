import type { Site } from '../../explain/site.js';
import { environmentOf } from '../../explore/batch.js';
import { Executor } from '../../explore/executor.js';
import { hashText, Random } from '../../explore/random.js';
import { findStrategy } from '../../explore/strategies/index.js';
import { type AnyFunction, fromTable, functionTable } from '../../kernel/function-table.js';
import type { KernelFunctions } from '../../kernel/functions.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import { kernelProgram } from '../../kernel/kernel-program.js';
import { Machine } from '../../machine/machine.js';
import type { Protocol } from '../../machine/protocol.js';
import type { Variant } from '../../variants/variant.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { Naming } from './access.js';
import type { DryCpu } from './dry-cpu.js';
import { DryRun } from './dry-run.js';
import { type AccessComparison, AccessTally } from './tally.js';

/** Two implementations of the same functions, and what they are compared on. */
export interface AccessComparisonRequest {
  /** Runs, and is compared: it has functions of its own. */
  readonly variant: Variant;
  /** Whose functions are asked in the place of the variant's own, on the same states. */
  readonly base: Variant;
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  /** Executions of each scenario. */
  readonly executions: number;
  /** See explain/site.ts. */
  readonly site: () => Site;
  /** Default: as the kernel marks them. */
  readonly naming?: Naming;
  /** Told after each execution how many of all are done. */
  readonly onExecution?: (done: number, of: number) => void;
  /**
   * Only these functions, and what they have CPUs run is told and not made: kernel/smp.c by itself, the rest
   * as in the base. Default: all that the variant has.
   */
  readonly only?: readonly FunctionName[];
}

type FunctionName = keyof KernelFunctions;

/** An execution's length, for strategies that plan with it; the random one does not. */
const STEPS = 1_000;

/**
 * Compares the variant's own functions with those of its base, access by access. Executions of the variant
 * over the scenarios bring about states; at each call of such a function both are run by themselves on the
 * state that the call meets, from beginning to end. So they see the same words, and each difference is
 * theirs.
 */
export function compareAccesses(request: AccessComparisonRequest): AccessComparison {
  const { only, variant } = request;
  const all = Object.entries(variant.replace ?? {}) as [FunctionName, unknown][];
  const compared = all.filter(([name]) => only?.includes(name) !== false);
  const names = compared.map(([name]) => name);
  const tally = new AccessTally(names);
  const { scenarios, executions, onExecution } = request;
  const of = scenarios.length * executions;
  const asked = { ...request, variant: { ...variant, replace: Object.fromEntries(compared) } };
  for (const [i, scenario] of scenarios.entries())
    runScenario(asked, scenario, names, tally, (done) => onExecution?.(i * executions + done, of));
  return tally.comparison;
}

function runScenario(
  { variant, base, seed, executions, site, naming = 'marked', only }: AccessComparisonRequest,
  scenario: Scenario,
  names: readonly FunctionName[],
  tally: AccessTally,
  onExecution: (done: number) => void,
): void {
  const { config } = kernelProgram(scenario, variant);
  const { functions, features } = kernelProgram(scenario, base).config;
  let pair: { readonly own: DryRun; readonly asked: DryRun } | null = null;
  let execution = 0;
  const told = only === undefined ? callsTold : functionsTold;
  const compare = (cpu: KernelCpu, name: FunctionName, args: readonly unknown[]): void => {
    const { machine, id } = cpu;
    pair ??= {
      own: new DryRun(machine, { ...config, functions: told(config.functions) }, site, naming),
      asked: new DryRun(machine, { ...config, features, functions: told(functions) }, site, naming),
    };
    const { own, asked } = pair;
    tally.add(name, { scenario: scenario.name, execution }, (answers, withSites) => [
      own.run(id, name, args, answers, withSites),
      asked.run(id, name, args, answers, withSites),
    ]);
  };
  const program = kernelProgram(scenario, comparing(variant, names, compare));
  const machine = new Machine(program, 'tso');
  const executor = new Executor(machine, environmentOf({ variant: variant.name, scenario }, program));
  const strategy = findStrategy('random')?.create();
  if (strategy === undefined) throw new Error('there is no strategy "random"');
  const random = new Random();
  for (; execution < executions; execution++) {
    random.seed(seed, hashText(scenario.name), execution);
    executor.run(strategy, random, STEPS);
    onExecution(execution + 1);
  }
}

/** The variant, with each call of such a function compared before it is made. */
function comparing(
  variant: Variant,
  names: readonly FunctionName[],
  compare: (cpu: KernelCpu, name: FunctionName, args: readonly unknown[]) => void,
): Variant {
  const plain = functionTable(variant.replace ?? {});
  const compared: Record<string, AnyFunction> = {};
  for (const name of names)
    compared[name] = function* comparedCall(cpu, ...rest): Protocol<unknown> {
      compare(cpu, name, rest);
      return yield* plain[name](cpu, ...rest);
    };
  return { ...variant, replace: { ...variant.replace, ...fromTable(compared) } };
}

/** Calls of functions on other CPUs are told and not made: they are neither's own. */
function callsTold(functions: KernelFunctions): KernelFunctions {
  return {
    ...functions,
    *smpCallFunctionManyCond(cpu, mask, conditional) {
      (cpu as DryCpu).called(mask, conditional);
    },
  };
}

/** What CPUs are called to run and what chooses them, the other way round. */
function functionsTold(functions: KernelFunctions): KernelFunctions {
  return {
    ...functions,
    *flushTlbFunc(cpu, initiator) {
      (cpu as DryCpu).tellsRun(initiator);
    },
    *shouldFlushTlb(cpu, target) {
      return (cpu as DryCpu).tellsAsked(target);
    },
  };
}
