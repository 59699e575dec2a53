import type { StepWatcher } from '../drive/drive.js';
import { causeWords } from '../explain/cause.js';
import { type CpuState, StateLog } from '../explain/cpu-state.js';
import { KernelTeller } from '../explain/kernel-teller.js';
import { MemoryLog, type MemoryTold } from '../explain/memory-log.js';
import { namedCause } from '../explain/named-cause.js';
import type { OwnCalls } from '../explain/own-calls.js';
import { ProgramTeller } from '../explain/program-teller.js';
import type { RawStep } from '../explain/raw-step.js';
import { Recorder } from '../explain/recorder.js';
import type { Site } from '../explain/site.js';
import { type StepLink, stepLinks } from '../explain/step-links.js';
import { traceSteps } from '../explain/tell-steps.js';
import type { Teller } from '../explain/teller.js';
import type { TraceStep } from '../explain/trace-step.js';
import { hex } from '../explore/hex.js';
import type { KernelProgram } from '../kernel/kernel-program.js';
import { Machine } from '../machine/machine.js';
import type { Program } from '../machine/program.js';
import { memoryOrders } from '../memory-order/index.js';
import type { MemoryModel, Violation } from '../vocabulary/finding.js';
import type { NamedCause } from '../vocabulary/named-cause.js';
import { withoutFacts } from '../vocabulary/violation.js';

/** What is told of an execution. */
export interface ToldExecution {
  readonly violation: Violation | null;
  readonly latent: readonly Violation[];
  readonly steps: number;
  /** What went wrong, in a sentence in the kernel's words. */
  readonly sentence: string | null;
  /**
   * In the words of a baseline, the same for every witness of one bug; see explain/cause.ts. Null without a
   * violation.
   */
  readonly cause: string | null;
  /** The coarser words of 0.1.0 for the same; null where they are the same. */
  readonly former: string | null;
  /** What tells bugs of one cause apart; see explain/circumstance.ts. Null where nothing more is known. */
  readonly circumstance: string | null;
  /** Cause and circumstance as data, the same in every scenario; null where there is none to name. */
  readonly namedCause: NamedCause | null;
  readonly traceHash: string;
  /** The steps that the sentence speaks of. */
  readonly told: readonly number[];
  /** Every step, or of a very long execution the last ones. */
  readonly trace: readonly TraceStep[];
  /** How every CPU stood before the first step; each step of the trace tells what it changed. */
  readonly start: readonly CpuState[];
  /** Words of memory, and what each step of the trace did to them. */
  readonly memory: MemoryTold;
  /** Which step of the trace goes back to which; by their index in it. */
  readonly links: readonly StepLink[];
}

/** What tells where operations are written, of the simulated kernel and of any other program. */
export interface SiteTellers {
  kernel(): () => Site;
  program(): () => Site;
}

/** An execution that somebody drives, and all that is kept of it. */
export class WatchedExecution {
  readonly machine: Machine;
  private readonly teller: Teller;
  private readonly states: StateLog;
  private readonly words: MemoryLog;
  private hasBegun = false;

  /**
   * `isWhole`: where operations are written and how CPUs stand is kept too, which is ten times slower. `own`:
   * what follows the calls of the program's own functions.
   */
  constructor(
    private readonly program: Program,
    private readonly memory: MemoryModel,
    private readonly isWhole: boolean,
    sites: SiteTellers,
    private readonly own: OwnCalls | null = null,
  ) {
    const machine = new Machine(program, memory);
    this.machine = machine;
    this.teller = isKernel(program)
      ? new KernelTeller(machine, program.config, sites.kernel(), own)
      : new ProgramTeller(machine, sites.program());
    machine.observer = this.teller.log;
    this.states = new StateLog(machine, this.teller);
    this.words = new MemoryLog(machine, this.teller.names);
  }

  /** Keeps what the program says in a step. */
  get log(): Teller['log'] {
    return this.teller.log;
  }

  /** How CPUs and memory stand now is where the told execution starts, whether or not a step follows. */
  begin(): void {
    this.hasBegun = true;
    this.states.begin();
    this.words.begin();
  }

  /** What records steps, made before the first one that it is to see. */
  record(): StepWatcher & { readonly steps: readonly RawStep[] } {
    const { machine, teller, states, own, isWhole } = this;
    const recorder = new Recorder(machine, teller.log, isWhole ? teller.site : null);
    return {
      steps: recorder.steps,
      before: (agent) => {
        if (own !== null) own.step = machine.step;
        if (isWhole && !this.hasBegun) this.begin();
        recorder.before(agent);
      },
      after: (agent) => {
        recorder.after(agent);
        const step = recorder.steps[recorder.steps.length - 1];
        teller.noteStep(step);
        if (isWhole) states.after(step);
      },
    };
  }

  /**
   * It is over, and judged. `steps`: the recorded ones; `judged`: the words that a final assertion looked at.
   */
  told(steps: readonly RawStep[], judged: readonly number[]): ToldExecution {
    const { machine, teller, states, program, memory: model, isWhole } = this;
    const { violation } = machine;
    const explanation = violation === null ? null : teller.explain(steps, violation, judged);
    const trace = traceSteps(steps, { teller, memory: model, explanation, states });
    const { sentence = null, circumstance = null, told = [] } = explanation ?? {};
    const cause = explanation === null ? null : causeWords(explanation.cause, program.layout);
    const coarse = explanation?.former == null ? null : causeWords(explanation.former, program.layout);
    const named = explanation === null ? null : namedCause(explanation.cause, explanation.circumstance);
    const { hasStoreBuffers } = memoryOrders[model];
    return {
      violation: violation === null ? null : withoutFacts(violation),
      latent: machine.latent.map(withoutFacts),
      ...{ sentence, cause, former: coarse === cause ? null : coarse, circumstance, told, trace },
      namedCause: named,
      ...{ steps: machine.step, traceHash: hex(machine.hash), start: states.start },
      memory: isWhole ? this.words.told(steps) : { words: [], accesses: [] },
      links: isWhole ? stepLinks(steps, states.start, states.changed, hasStoreBuffers) : [],
    };
  }
}

function isKernel(program: Program): program is KernelProgram {
  return 'config' in program;
}
