import { kernelProgram } from '../kernel/kernel-program.js';
import type { Program } from '../machine/program.js';
import { FRAME_BITS, LINE_WORDS } from '../machine/stripped/frame-bits.js';
import { Frames } from '../machine/stripped/frames.js';
import type { Definitions } from '../programs/definitions.js';
import { requireCold } from '../scenarios/cold.js';
import { findVariant } from '../variants/index.js';
import { counted } from '../variants/own-counters.js';
import { PLAIN_PROGRAM } from '../vocabulary/finding.js';
import type { ProgramStressRequest, StressRequest } from './api.js';
import { kindOfScript } from './behind.js';
import { kernelLocks } from './kernel-locks.js';
import type { KernelPart } from './kernel-thread.js';
import { ownParts } from './own-part.js';
import type { ProgramPart } from './program-thread.js';
import { replicate, roundsPerRestart } from './replicate.js';
import type { RunnerSettings } from './thread-runner.js';

/** What threads run: a kernel with a scenario, or a plain program; and what the engine has to know of it. */
export interface StressSubject {
  readonly name: string;
  readonly scenario: string;
  readonly cpus: number;
  readonly program: Program;
  /** Per CPU: what its script does, null where it has none. */
  readonly kinds: readonly (string | null)[];
  readonly environment: Pick<RunnerSettings, 'walkPages' | 'virtual'>;
  /** Makes the threads' start image out of the explorer's. */
  prepare(image: Int32Array): void;
  /** What the thread of a CPU is told beside what all are told. */
  partOf(cpu: number): KernelPart | ProgramPart;
  /** Lock words that are taken. */
  locks(mem: Int32Array): string[];
  /** What a variant's own counters say of the memory, by name. */
  counted(mem: Int32Array): Readonly<Record<string, number>>;
}

/** Throws for a name that is nothing among what the project brings and what users' modules define. */
export function subjectOf(request: StressRequest | ProgramStressRequest, own: Definitions): StressSubject {
  return 'program' in request ? programSubject(request.program, own) : kernelSubject(request, own);
}

function kernelSubject(
  { variant: name, scenario: original, cpus }: StressRequest,
  own: Definitions,
): StressSubject {
  const variant = findVariant(name, own.variants);
  if (variant === undefined) throw new Error(`no such variant: ${name}`);
  requireCold(original);
  const scenario = replicate(original, cpus);
  const program = kernelProgram(scenario, variant, 1 << FRAME_BITS, LINE_WORDS);
  const parts = ownParts(scenario);
  const rounds = roundsPerRestart(scenario);
  return {
    name,
    scenario: scenario.name,
    cpus,
    program,
    kinds: scenario.scripts.map(kindOfScript),
    environment: {
      walkPages: scenario.walks > 0 ? scenario.pages : 0,
      virtual: variant.backend.has.virtualCpus === true,
    },
    prepare: (image) => Frames.prepare(image, program.config.layout.mmu),
    partOf: (cpu) => ({
      variant: name,
      layoutKey: parts.key,
      scenario: parts.of(cpu),
      roundsPerRestart: rounds,
    }),
    locks: (mem) => kernelLocks(program, mem),
    counted: (mem) => {
      const values = counted(variant.counters, program.config.layout, mem);
      return Object.fromEntries(
        Object.keys(variant.counters ?? {}).map((counter, i) => [counter, values[i]]),
      );
    },
  };
}

function programSubject(name: string, { programs }: Definitions): StressSubject {
  const program = programs.find((one) => one.name === name);
  if (program === undefined) throw new Error(`no such program: ${name}`);
  return {
    name,
    scenario: PLAIN_PROGRAM,
    cpus: program.cpus,
    program,
    kinds: Array.from({ length: program.cpus }, (_, cpu) => `script ${cpu}`),
    environment: { walkPages: 0, virtual: false },
    prepare: () => undefined,
    partOf: () => ({ program: name }),
    locks: () => [],
    counted: () => ({}),
  };
}
