/**
 * The public API of shootdown.
 *
 * To define what is hunted, in a module that the command line or a pool is given: `plainProgram` (any
 * shared-memory program), `defineScenario` with `steps`, `defineVariant` with a backend, a rule, replaced
 * functions.
 *
 * To hunt: `hunt({ variant: mine })` answers a verdict and, for a violation, a finding and its witness, step
 * by step. `compare(base, patch)`, `study(name)` and `check(file)` answer what the commands print with
 * --json. `enumerate(program, { memory })` runs every schedule of a small
 * plain program instead.
 */

import { moduleLoader } from './api/load.js';
import { sourceFile } from './bundle/user-files.js';
import * as api from './index.js';

export { type CheckAnswer, check } from './api/check.js';
export { type HuntAnswer, type HuntOptions, hunt } from './api/hunt.js';
export type { LoadModulesOptions } from './api/load.js';
export { renderReport } from './api/report.js';
export { modulesOf, type Subject } from './api/subject.js';
export { hypercallBackend, hypercallFlushTlbMulti } from './backends/hypercall.js';
export { backends, findBackend } from './backends/index.js';
export { kvmFlushTlbMulti, kvmPvBackend } from './backends/kvm-pv.js';
export { nativeBackend, nativeFlushTlbMulti } from './backends/native.js';
export { type CompareOptions, type CompareResult, compare } from './compare/api.js';
export type { ConfigSpec, Expectation, ProjectSpec } from './config/config.js';
export { defineConfig } from './config/define-config.js';
export { decodeSchedule, encodeSchedule } from './drive/schedule.js';
export type { CpuState } from './explain/cpu-state.js';
export type { TraceStep } from './explain/trace-step.js';
export type {
  HuntPlan,
  HuntProgress,
  HuntRequest,
  LatentCount,
  ProgramHuntRequest,
  ScenarioTally,
  Verdict,
} from './explore/api.js';
export {
  type EnumerateOptions,
  type Enumeration,
  EnumerationLimitError,
  enumerate,
  type Outcome as EnumeratedOutcome,
} from './explore/enumerate.js';
export type { HuntOutcome } from './explore/hunt.js';
export { InlinePool } from './explore/inline-pool.js';
export { HuntPool, openPool } from './explore/pool.js';
export { strategies } from './explore/strategies/index.js';
export type { Strategy, StrategyInfo } from './explore/strategies/strategy.js';
export { type Baseline, type BaselineEntry, parseBaseline, readBaseline } from './findings/baseline.js';
export { addToBaseline } from './findings/baseline-store.js';
export { readFinding } from './findings/read.js';
export { saveFinding } from './findings/store.js';
export type { Backend, Capabilities } from './kernel/backend.js';
export { type Feature, type FeatureName, type Features, features } from './kernel/features/index.js';
export type { KernelFunctions } from './kernel/functions.js';
export * from './kernel/index.js';
export type { KernelAssertions, KernelJudge } from './kernel/kernel-assertions.js';
export { KernelCpu } from './kernel/kernel-cpu.js';
export { type Profile, profiles } from './kernel/profiles.js';
export { RIGHT_ALL, RIGHT_READ, RIGHT_WRITE } from './machine/ghost.js';
export * from './machine/host-operations.js';
export {
  FLUSH_EVERYTHING,
  FLUSH_PAGES,
  FLUSH_PARK,
  KVM_VCPU_FLUSH_TLB,
  KVM_VCPU_PREEMPTED,
} from './machine/hypervisor.js';
export type { Op, Protocol } from './machine/protocol.js';
export {
  isRestricting,
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_USER,
  PTE_WRITE,
  pteFrame,
  pteValue,
} from './machine/pte.js';
export { waitUntil } from './machine/wait-until.js';
export { defineScenario, type ScenarioSpec } from './modules/define-scenario.js';
export type { Loaded } from './modules/load.js';
export { oracles } from './oracles/index.js';
export type { OracleInfo } from './oracles/oracle.js';
export { PlainCpu, ProgramError } from './programs/plain-cpu.js';
export {
  type Addresses,
  type Judge,
  type PairSpec,
  type PlainProgram,
  type PlainProgramSpec,
  type PlainScript,
  plainProgram,
  type WordSpec,
} from './programs/plain-program.js';
export { type ListedFunction, listedFunctions } from './reference/listed-functions.js';
export { type ListedOperation, listedOperations } from './reference/listed-operations.js';
export { type RecordedRun, type Replay, replayFinding, replayProgram } from './replay/replay-finding.js';
export { reporters } from './report/reporters/index.js';
export type { OpenReport, Reporter, ReportTarget } from './report/reporters/reporter.js';
export { renderTimeline } from './report/timeline.js';
export * from './rules/helpers.js';
export { findRule, lazyAnswers, rules } from './rules/index.js';
export { catalogue } from './scenarios/catalogue/index.js';
export * as steps from './scenarios/steps.js';
export { type StudyOptions, type StudyResult, study } from './study/api.js';
export { checkSubset, formatSubsetViolation, operationNames } from './subset/check-subset.js';
export { defineVariant, type VariantSpec } from './variants/define.js';
export { findVariant, listVariants } from './variants/index.js';
export type { KernelCount, OwnCounters } from './variants/own-counters.js';
export type { Variant } from './variants/variant.js';
export { DefinitionError, InfrastructureError, InputError } from './vocabulary/errors.js';
export type {
  Finding,
  HarmClass,
  KernelFinding,
  LatentClass,
  MemoryModel,
  ModuleRef,
  ProgramFinding,
  Violation,
  ViolationClass,
} from './vocabulary/finding.js';
export type { FlushedRange, Scenario, ScenarioCpu, ScenarioMm, ScriptStep } from './vocabulary/scenario.js';
export { VERSION } from './vocabulary/version.js';

/**
 * Reads users' modules for worker threads: `openPool(2, await loadModules(['mine.ts']))`. Throws InputError,
 * `file:line: what`, for a mistake in them.
 */
export const loadModules = /* @__PURE__ */ moduleLoader(
  () => api,
  () => sourceFile('index'),
);
