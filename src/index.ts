/**
 * The public API of shootdown.
 *
 * To define what is hunted, in a module that the command line or a pool is given: `plainProgram` (any
 * shared-memory program), `defineScenario` with `steps`, `defineVariant` with a backend, a rule, replaced
 * functions.
 *
 * To hunt: `hunt({ variant, scenarios, strategies, seed, memory, jobs, pool })` answers a verdict and, for a
 * violation, a finding that `replayFinding` reproduces step by step. `compare(base, patch)` and `study(name)`
 * answer what the commands print with --json. `enumerate(program, { memory })` runs every schedule of a small
 * plain program instead.
 */

export { hypercallBackend, hypercallFlushTlbMulti } from './backends/hypercall.js';
export { backends, findBackend } from './backends/index.js';
export { kvmFlushTlbMulti, kvmPvBackend } from './backends/kvm-pv.js';
export { nativeBackend, nativeFlushTlbMulti } from './backends/native.js';
export { type CompareOptions, type CompareResult, compare } from './compare/api.js';
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
export { type HuntOutcome, hunt } from './explore/hunt.js';
export { HuntPool, openPool } from './explore/pool.js';
export { strategies } from './explore/strategies/index.js';
export type { Strategy, StrategyInfo } from './explore/strategies/strategy.js';
export { readFinding } from './findings/read.js';
export { saveFinding } from './findings/store.js';
export type { Backend, Capabilities } from './kernel/backend.js';
export { type Feature, type FeatureName, type Features, features } from './kernel/features.js';
export type { KernelFunctions } from './kernel/functions.js';
export * from './kernel/index.js';
export { KernelCpu } from './kernel/kernel-cpu.js';
export { type Profile, profiles } from './kernel/profiles.js';
export {
  FLUSH_EVERYTHING,
  FLUSH_PAGES,
  FLUSH_PARK,
  KVM_VCPU_FLUSH_TLB,
  KVM_VCPU_PREEMPTED,
} from './machine/hypervisor.js';
export type { Op, Protocol } from './machine/protocol.js';
export { defineScenario, type ScenarioSpec } from './modules/define-scenario.js';
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
export { type RecordedRun, type Replay, replayFinding, replayProgram } from './replay/replay-finding.js';
export { renderTimeline } from './report/timeline.js';
export * from './rules/helpers.js';
export { findRule, lazyAnswers, rules } from './rules/index.js';
export { catalogue } from './scenarios/catalogue/index.js';
export * as steps from './scenarios/steps.js';
export { type StudyOptions, type StudyResult, study } from './study/api.js';
export { checkSubset, formatSubsetViolation, operationNames } from './subset/check.js';
export { defineVariant, type VariantSpec } from './variants/define.js';
export { findVariant, listVariants } from './variants/index.js';
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
