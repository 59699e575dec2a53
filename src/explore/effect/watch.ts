import type { Features } from '../../kernel/features/index.js';
import { type AnyFunction, fromTable, functionTable } from '../../kernel/function-table.js';
import type { KernelConfig } from '../../kernel/kernel-cpu.js';
import type { KernelProgram } from '../../kernel/kernel-program.js';
import { GeneratorStack } from '../../machine/generator-stack.js';
import type { Machine } from '../../machine/machine.js';
import type { Protocol } from '../../machine/protocol.js';
import { AskedCall } from './asked-call.js';
import { AskedCpu, WatchedCpu } from './cpus.js';
import { CountingEffect, type EffectCount } from './effect-counts.js';
import { type EffectPlan, type FunctionName, undoneFeature } from './parts.js';
import { WatchedCall } from './watched-call.js';

/**
 * Compares a variant with its base while it runs. Every call of a function in which a part of the change can
 * show is run beside the base's function (AskedCall): once with everything undone, and, where a variant
 * changes several things, once for each part with that part alone undone. The execution is the variant's own
 * in every step.
 */

/** One way of undoing the change: a kernel that is asked, and what its difference is counted for. */
interface Question {
  readonly config: KernelConfig;
  readonly counts: readonly CountingEffect[];
  /** Asked calls that are not in use. */
  readonly free: AskedCall[];
  readonly made: AskedCall[];
}

export class Watch {
  /** The variant's program, watched. */
  readonly program: KernelProgram;
  /** The change as a whole. */
  readonly whole = new CountingEffect();
  /** By part of the plan. */
  readonly parts: readonly CountingEffect[];
  private readonly questions: Question[] = [];

  constructor(
    readonly plan: EffectPlan,
    program: KernelProgram,
    base: KernelProgram,
  ) {
    this.parts = plan.parts.map(() => new CountingEffect());
    const { config } = program;
    const plain = functionTable(config.functions);
    const functions: Record<string, AnyFunction> = { ...plain };
    const asked =
      plan.incomparable === null ? this.ask(config, base.config) : new Map<FunctionName, Question[]>();
    for (const name of new Set(plan.parts.flatMap((part) => part.functions)))
      functions[name] = this.watched(name, plain[name], asked.get(name) ?? []);
    const features = this.noted(config.features);
    const watched: KernelConfig = { ...config, functions: fromTable(functions), features };
    this.program = {
      ...program,
      config: watched,
      createCpu: (machine, id) => new WatchedCpu(machine, id, watched),
      main: (cpu) =>
        functions.runScript(cpu as WatchedCpu, config.scenario.scripts[cpu.id]) as Protocol<void>,
      interrupt: (cpu) => functions.callFunctionInterrupt(cpu as WatchedCpu) as Protocol<void>,
      vmExit: (cpu) => functions.kvmVcpuExit(cpu as WatchedCpu) as Protocol<void>,
    };
  }

  /** A batch begins. */
  reset(): void {
    for (const count of [this.whole, ...this.parts]) count.reset();
  }

  begin(): void {
    for (const count of [this.whole, ...this.parts]) count.begin();
    // Calls that were under way when an execution ended are given back here.
    for (const { free, made } of this.questions) {
      if (free.length === made.length) continue;
      free.length = 0;
      free.push(...made);
    }
  }

  end(execution: number): void {
    for (const count of [this.whole, ...this.parts]) count.end(execution);
  }

  get counts(): { readonly whole: EffectCount; readonly parts: readonly EffectCount[] } {
    return { whole: this.whole.value, parts: this.parts.map(({ value }) => value) };
  }

  /** What each function is compared with. */
  private ask(config: KernelConfig, base: KernelConfig): Map<FunctionName, Question[]> {
    const { parts } = this.plan;
    const alone = parts.length === 1;
    const asked = new Map<FunctionName, Question[]>();
    const add = (
      names: readonly FunctionName[],
      undone: KernelConfig,
      counts: readonly CountingEffect[],
    ): void => {
      const question: Question = { config: undone, counts, free: [], made: [] };
      this.questions.push(question);
      for (const name of names) asked.set(name, [...(asked.get(name) ?? []), question]);
    };
    const everywhere = [...new Set(parts.flatMap((part) => part.functions))];
    const { functions, features } = base;
    add(everywhere, { ...config, functions, features }, alone ? [this.whole, this.parts[0]] : [this.whole]);
    if (alone) return asked;
    for (const [index, part] of parts.entries()) {
      const isFeature = part.kind === 'feature';
      const single = isFeature
        ? {}
        : Object.fromEntries(part.functions.map((name) => [name, functions[name]]));
      const switched = isFeature ? { [part.name]: undoneFeature(this.plan, part.name) } : {};
      const undone = {
        functions: { ...config.functions, ...single },
        features: { ...config.features, ...switched },
      };
      add(part.functions, { ...config, ...undone }, [this.parts[index]]);
    }
    return asked;
  }

  /** The function, compared with what is asked beside it. */
  private watched(name: FunctionName, func: AnyFunction, questions: readonly Question[]): AnyFunction {
    const counted = this.parts.filter((_, index) => {
      const part = this.plan.parts[index];
      return part.kind !== 'feature' && part.functions.includes(name);
    });
    const { whole } = this;
    if (questions.length === 0)
      return function* countedFunction(cpu, ...rest): Protocol<unknown> {
        for (const count of counted) count.call();
        whole.call();
        return yield* func(cpu, ...rest);
      };
    const begin = (cpu: WatchedCpu, rest: readonly unknown[]): AskedCall[] => {
      for (const count of counted) count.call();
      whole.call();
      return questions.map((question) => {
        const call = askedCall(question, cpu.machine, cpu.id);
        call.begin(functionTable(question.config.functions)[name](call.cpu, ...rest));
        return call;
      });
    };
    const end = (asked: readonly AskedCall[], answer: unknown): void => {
      for (const [index, { counts, free }] of questions.entries()) {
        const how = asked[index].end(answer);
        for (const count of counts) count.compared(how);
        free.push(asked[index]);
      }
    };
    return function* watchedFunction(cpu, ...rest): Protocol<unknown> {
      const own = cpu as WatchedCpu;
      const asked = begin(own, rest);
      const call = new WatchedCall(asked);
      const running = new GeneratorStack(own);
      running.begin(func(cpu, ...rest));
      for (let value = 0; ; ) {
        const outer = own.watching;
        call.outer = outer;
        own.watching = call;
        let stands: boolean;
        try {
          stands = running.resume(value);
        } finally {
          own.watching = outer;
        }
        if (!stands) {
          end(asked, running.answer);
          return running.answer;
        }
        call.before(own.pending);
        try {
          value = yield own.pending.handedOn;
        } catch (error) {
          // What the machine refuses is thrown into the call, where its line is.
          throw running.refuse(error);
        }
        call.after(value);
      }
    };
  }

  /** Features whose looks are counted, those that the change switches. */
  private noted(features: Features): Features {
    const noted = { ...features };
    for (const [index, part] of this.plan.parts.entries()) {
      if (part.kind !== 'feature') continue;
      const count = this.parts[index];
      const value = features[part.name as keyof Features];
      Object.defineProperty(noted, part.name, {
        get: () => {
          count.call();
          return value;
        },
      });
    }
    return noted;
  }
}

function askedCall(question: Question, machine: Machine, cpu: number): AskedCall {
  // Of the same CPU: a CPU's structures are its own.
  const at = question.free.findLastIndex((call) => call.cpu.id === cpu);
  if (at >= 0) return question.free.splice(at, 1)[0];
  const call = new AskedCall(machine, new AskedCpu(machine, cpu, question.config));
  question.made.push(call);
  return call;
}
