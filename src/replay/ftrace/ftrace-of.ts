/** A finding's execution as an ftrace recording of it. */

import { type Modules, NO_MODULES } from '../../bundle/modules.js';
import { drive } from '../../drive/drive.js';
import { RecordedDecider } from '../../drive/recorded.js';
import { decodeSchedule } from '../../drive/schedule.js';
import { functionsOf } from '../../kernel/backend.js';
import { kernelFunctions } from '../../kernel/functions.js';
import { type KernelProgram, kernelProgram } from '../../kernel/kernel-program.js';
import { Machine } from '../../machine/machine.js';
import { HEADER } from '../../trace/event-text.js';
import { findVariant } from '../../variants/index.js';
import type { Variant } from '../../variants/variant.js';
import { InputError } from '../../vocabulary/errors.js';
import { type Finding, isProgramFinding, type KernelFinding } from '../../vocabulary/finding.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import { FtraceProbes } from './probes.js';

/** Backends whose flushes the probes of docs/recording.md show. */
const PROBED: readonly string[] = ['native', 'kvm'];

/** Slots of the kernel (TLB_NR_DYN_ASIDS), which a check goes by. */
const KERNEL_SLOTS = 6;

/**
 * The lines that docs/recording.md's probes print in a finding's execution, below a header as ftrace's. Times
 * are those of a clock that counts: a step's number. Throws InputError for an execution that has no such
 * lines.
 */
export function ftraceOf(finding: Finding, modules: Modules = NO_MODULES): string[] {
  if (isProgramFinding(finding))
    throw new InputError('--format ftrace: the finding is of a plain program', 'a kernel has tracepoints');
  const variant = findVariant(finding.variant, modules.variants);
  if (variant === undefined) throw new InputError(`the variant "${finding.variant}" is not known`);
  if (!PROBED.includes(variant.backend.name))
    throw new InputError(
      `--format ftrace: nothing here stands for the probes of the backend ${variant.backend.name}`,
      `there are some of ${PROBED.join(' and ')}`,
    );
  const probes = new FtraceProbes(variant.backend.name !== 'native');
  const machine = new Machine(probedProgram(variant, finding.scenario, probes), finding.memory);
  probes.watch(machine);
  drive(machine, new RecordedDecider(machine, decodeSchedule(finding.schedule)));
  return [...about(finding), ...HEADER, ...probes.lines];
}

/** A variant's kernel with probes in it. */
export function probedProgram(variant: Variant, scenario: Scenario, probes: FtraceProbes): KernelProgram {
  const functions = { ...kernelFunctions, ...functionsOf(variant.backend), ...variant.replace };
  return kernelProgram(scenario, { ...variant, replace: probes.on(functions) });
}

/** What a reader has to know, as comments. */
function about({ variant, scenario }: KernelFinding): string[] {
  const { slots } = scenario;
  const few = `# ${slots} ASID slots, where the kernel has ${KERNEL_SLOTS}: a check tells others in turn`;
  return [
    `# ${JSON.stringify(variant)} in ${JSON.stringify(scenario.name)}, simulated; times are steps`,
    ...(slots < KERNEL_SLOTS ? [few] : []),
  ];
}
