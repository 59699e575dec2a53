import type { Cpu } from '../machine/cpu.js';
import { HW_WORDS } from '../machine/hardware.js';
import type { Program } from '../machine/program.js';
import type { Protocol } from '../machine/protocol.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Backend } from './backend.js';
import { FIRST_USER_MM } from './constants.js';
import type { Features } from './features.js';
import { type KernelFunctions, kernelFunctions } from './functions.js';
import { type KernelConfig, KernelCpu } from './kernel-cpu.js';
import { kernelLayout } from './layout.js';
import { startImage } from './start-state.js';

/** The simulated kernel running a scenario, as a program for the machine. */
export interface KernelProgram extends Program {
  readonly config: KernelConfig;
}

/** What of the kernel a variant decides. */
export interface KernelChoice {
  readonly features: Features;
  readonly backend: Backend;
  /** Protocol functions that replace the kernel's. */
  readonly replace?: Partial<KernelFunctions>;
}

/** `framesMax`: for a layout that equals that of a build with another page-table format (the threads'). */
export function kernelProgram(scenario: Scenario, choice: KernelChoice, framesMax?: number): KernelProgram {
  const layout = kernelLayout(scenario, framesMax);
  const functions: KernelFunctions = { ...kernelFunctions, flushTlbMulti: choice.backend.flushTlbMulti, ...choice.replace };
  const runs = scenario.scripts.map((script, cpu) => {
    const handles = new Set<number>();
    for (const step of script) if (step.op === 'run') handles.add(step.mm + FIRST_USER_MM);
    const start = scenario.start?.[cpu];
    if (start?.loadedMm !== undefined && start.lazy !== true) handles.add(start.loadedMm + FIRST_USER_MM);
    return handles;
  });
  let image: Int32Array | null = null;
  const config: KernelConfig = { scenario, features: choice.features, functions, layout, runs };
  return {
    name: scenario.name,
    cpus: scenario.cpus,
    layout: layout.layout,
    hardwareBase: layout.hardwareBase,
    hardwareWords: HW_WORDS,
    // Made when first asked for: the threads of a stress run share one.
    get image() {
      image ??= startImage(scenario, layout, runs);
      return image;
    },
    mmu: layout.mmu,
    config,
    createCpu: (machine, id) => new KernelCpu(machine, id, config),
    main: (cpu: Cpu): Protocol<void> => functions.runScript(cpu as KernelCpu, scenario.scripts[cpu.id]),
    interrupt: (cpu: Cpu): Protocol<void> => functions.callFunctionInterrupt(cpu as KernelCpu),
    nmi: (cpu: Cpu): Protocol<void> => emptyNmi(cpu),
    check: () => null,
    watched: [],
  };
}

/** What an NMI handler does is not modelled yet; that it can come anywhere is. */
function* emptyNmi(cpu: Cpu): Protocol<void> {
  yield* cpu.iret();
}
