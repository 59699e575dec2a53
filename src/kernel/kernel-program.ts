import type { Cpu } from '../machine/cpu.js';
import { HW_WORDS } from '../machine/hardware.js';
import type { HostLayout } from '../machine/hypervisor.js';
import type { Program } from '../machine/program.js';
import type { Protocol } from '../machine/protocol.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { type Backend, functionsOf } from './backend.js';
import { FIRST_USER_MM } from './constants.js';
import type { Features } from './features/index.js';
import { type KernelFunctions, kernelFunctions } from './functions.js';
import { judgesOf, type KernelAssertions } from './kernel-assertions.js';
import { type KernelConfig, KernelCpu } from './kernel-cpu.js';
import { type FlushedByHardware, type KernelLayout, kernelLayout } from './kernel-layout.js';
import { NO_OWN_WORDS, type OwnWords } from './own-words.js';
import { INIT_MM_ROOT, startImage } from './start-state.js';
import { withoutPcids } from './xen-layout.js';

/** The simulated kernel running a scenario, as a program for the machine. */
export interface KernelProgram extends Program {
  readonly config: KernelConfig;
}

/** What of the kernel a variant decides. */
export interface KernelChoice extends KernelAssertions {
  readonly features: Features;
  readonly backend: Backend;
  /** Protocol functions that replace the kernel's. */
  readonly replace?: Partial<KernelFunctions>;
  /**
   * Counters of remote raises and lost ones are wanted: observers hear of every change of a slot's
   * generation.
   */
  readonly watchSlots?: boolean;
  /** The host's flush at entry drops the loaded PCID only. */
  readonly entryFlushesLoadedPcid?: boolean;
  /**
   * Slots are one word each, a tag of that many bits above the generation (kernel/packed-slots.ts); 0 or
   * absent: pairs.
   */
  readonly packedTagBits?: number;
  /** Words beyond the kernel's. */
  readonly ownWords?: OwnWords;
}

/** The host that the backend runs under, behaving as the features say. */
function hostLayout(choice: KernelChoice, layout: KernelLayout): HostLayout | null {
  const { backend, features } = choice;
  if (backend.has.virtualCpus !== true) return null;
  const { hypercall, kvm } = layout;
  return {
    behaviour: {
      marks: backend.has.preemptedByte === true,
      clearsAtomically: features.hostAtomicClear,
      marksAtBoundaryOnly: features.hostMarksAtBoundary,
      remembersMark: features.hostRemembersMark,
      followsPage: features.hostFollowsPage,
      marksPreemptedOnly: features.hostMarksPreemptedOnly,
      marksHalted: features.hostMarksHalted,
      flushesAllPcids: choice.entryFlushesLoadedPcid !== true,
    },
    preempted: kvm.preempted,
    requests: hypercall.requests,
    outstanding: hypercall.outstanding,
    wanted: hypercall.wanted,
    isLazy: layout.cpus.map(({ tlbstate }) => tlbstate.isLazy),
    parked: hypercall.parked,
    parkRoot: INIT_MM_ROOT,
  };
}

/**
 * What flushes global ASIDs; null where the kernel has none. Without PCIDs it does not broadcast, if it knows
 * that it must not (B18), and processors with remote action requests have PCIDs.
 */
function flushedByHardware(
  { backend, features }: KernelChoice,
  scenario: Scenario,
): FlushedByHardware | null {
  if (!features.globalAsids) return null;
  if (backend.has.broadcasts === true && (scenario.pcid || !features.globalAsidNeedsPcid))
    return { broadcasts: { waitsForAccesses: features.broadcastWaitsForAccesses } };
  if (backend.has.remoteActions !== true || !scenario.pcid) return null;
  const { rarWaitsForAccesses, rarIgnoresIf, rarActsOnSelf } = features;
  return {
    remoteActions: {
      waitsForAccesses: rarWaitsForAccesses,
      ignoresIf: rarIgnoresIf,
      actsOnSelf: rarActsOnSelf,
    },
  };
}

/** `framesMax`, `lineWords`: for a layout that equals that of a build with another format (the threads'). */
export function kernelProgram(
  given: Scenario,
  choice: KernelChoice,
  framesMax?: number,
  lineWords?: number,
): KernelProgram {
  const scenario = choice.backend.guestOf === 'xen' ? withoutPcids(given) : given;
  const ownWords = choice.ownWords ?? NO_OWN_WORDS;
  const { features } = choice;
  const flushing = flushedByHardware(choice, scenario);
  const { unit, guestOf } = choice.backend;
  const layout = kernelLayout(scenario, framesMax, lineWords, ownWords, flushing, unit, guestOf);
  const functions: KernelFunctions = {
    ...kernelFunctions,
    ...functionsOf(choice.backend),
    ...choice.replace,
  };
  const runs = scenario.scripts.map((script, cpu) => {
    const handles = new Set<number>();
    for (const step of script) if (step.op === 'run') handles.add(step.mm + FIRST_USER_MM);
    const start = scenario.start?.[cpu];
    if (start?.loadedMm !== undefined && start.lazy !== true) handles.add(start.loadedMm + FIRST_USER_MM);
    return handles;
  });
  let image: Int32Array | null = null;
  const packedTagBits = choice.packedTagBits ?? 0;
  const config: KernelConfig = {
    scenario,
    features,
    functions,
    layout,
    runs,
    packedTagBits,
    broadcasts: flushing !== null,
  };
  return {
    name: scenario.name,
    cpus: scenario.cpus,
    layout: layout.layout,
    words: layout.words,
    hardwareBase: layout.hardwareBase,
    hardwareWords: HW_WORDS,
    // Made when first asked for: the threads of a stress run share one.
    get image() {
      image ??= startImage(scenario, layout, runs, packedTagBits, ownWords);
      return image;
    },
    mmu: layout.mmu,
    host: hostLayout(choice, layout),
    broadcast: layout.broadcast,
    remoteActions: layout.rar.hardware,
    unit: layout.unit,
    tce: layout.broadcast !== null && features.translationCacheExtension,
    config,
    createCpu: (machine, id) => new KernelCpu(machine, id, config),
    main: (cpu: Cpu): Protocol<void> => functions.runScript(cpu as KernelCpu, scenario.scripts[cpu.id]),
    interrupt: (cpu: Cpu): Protocol<void> => functions.callFunctionInterrupt(cpu as KernelCpu),
    nmi: (cpu: Cpu): Protocol<void> => emptyNmi(cpu),
    vmExit: (cpu: Cpu): Protocol<void> => functions.kvmVcpuExit(cpu as KernelCpu),
    ...judgesOf(choice, layout),
    watched:
      choice.watchSlots === true
        ? layout.cpus.flatMap(({ tlbstate }) => tlbstate.ctxs.map(({ tlbGen }) => tlbGen))
        : [],
  };
}

/** What an NMI handler does is not modelled yet; that it can come anywhere is. */
function* emptyNmi(cpu: Cpu): Protocol<void> {
  yield* cpu.iret();
}
