/**
 * The public API of shootdown.
 *
 * A hunt: `hunt({ variant, scenarios, strategies, seed, memory, jobs, pool })` answers a verdict and, for a violation, a finding that
 * `replayFinding` reproduces step by step.
 */

export type { TraceStep } from './explain/trace-step.js';
export type { HuntProgress, HuntRequest, LatentCount, ScenarioTally, Verdict } from './explore/api.js';
export { type HuntOutcome, hunt } from './explore/hunt.js';
export { PlainCpu, ProgramError, plainProgram } from './explore/plain-program.js';
export { HuntPool, openPool } from './explore/pool.js';
export { decodeSchedule, encodeSchedule } from './explore/schedule.js';
export { strategies } from './explore/strategies/index.js';
export type { Strategy, StrategyInfo } from './explore/strategies/strategy.js';
export { InfrastructureError, InputError } from './findings/errors.js';
export type { Finding, HarmClass, LatentClass, MemoryModel, Violation, ViolationClass } from './findings/finding.js';
export { readFinding } from './findings/read.js';
export { type RecordedRun, type Replay, replayFinding, replayProgram } from './findings/replay.js';
export { saveFinding } from './findings/store.js';
export type { Backend } from './kernel/backend.js';
export { type Feature, type FeatureName, type Features, features } from './kernel/features.js';
export { type Profile, profiles } from './kernel/profiles.js';
export type { Op, Protocol } from './machine/protocol.js';
export { oracles } from './oracles/index.js';
export type { OracleInfo } from './oracles/oracle.js';
export { renderTimeline } from './report/timeline.js';
export { catalogue } from './scenarios/catalogue/index.js';
export type { FlushedRange, Scenario, ScenarioCpu, ScenarioMm, ScriptStep } from './scenarios/scenario.js';
export { checkSubset, formatSubsetViolation, operationNames } from './subset/check.js';
export { findVariant, listVariants, type Variant } from './variants.js';
export { VERSION } from './version.js';
