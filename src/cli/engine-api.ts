/**
 * What the command line needs of the rest of shootdown. Every command is given one of these, so that tests
 * can give it a small one; the real one is wired up in engine.ts.
 */

import type { CheckReport } from '../check/index.js';
import type { AccessComparisonRequest } from '../compare/accesses/compare-accesses.js';
import type { AccessComparison } from '../compare/accesses/tally.js';
import type { CompareRequest } from '../compare/compare-variants.js';
import type { Comparison } from '../compare/comparison.js';
import type { LoadedConfig } from '../config/load-config.js';
import type { SourceCheck } from '../csource/check-source.js';
import type { PreparedSource, SourceOptions } from '../csource/source.js';
import type { HuntRequest, ProgramHuntRequest, Verdict } from '../explore/api.js';
import type { LitmusOutcome } from '../litmus/litmus-outcomes.js';
import type { LockstepResult } from '../lockstep/api.js';
import type { MinimiseLimits, MinimiseProgress } from '../minimise/limits.js';
import type { MinimisedFinding } from '../minimise/minimise-finding.js';
import type { FoundOrderings, OrderingsProgress } from '../orderings/found.js';
import type { SufficientLimits } from '../orderings/limits.js';
import type { ReplayResult } from '../report/json-documents.js';
import type { LabelledLine } from '../report/witness-words.js';
import type { StressPlan } from '../stress/api.js';
import type { SelfTest } from '../stress/self-test.js';
import type { CampaignResult, StressTarget } from '../stress/stress-campaign.js';
import type { Decided, DecideRequest } from '../study/exhaustive/decide-cells.js';
import type { StudyOutcome, StudyRequest } from '../study/run-study.js';
import type { ShippedProofs } from '../study/shipped/shipped-proofs.js';
import type { Study } from '../study/study.js';
import type { VerifyRequest } from '../verify/api.js';
import type { VerifyOutcome } from '../verify/verify.js';
import type { Finding, KernelSourceRef, MemoryModel, ModuleRef } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** Anything that `list` can show. */
export interface Listed {
  readonly name: string;
  readonly summary: string;
}

export interface ListedVariant extends Listed {
  /** Other names that select it: a bug's number, a CVE. */
  readonly aliases: readonly string[];
  readonly profile: string;
}

/** Worker threads that several hunts share. */
export interface Pool {
  close(): Promise<unknown>;
}

/**
 * A hunt that may go past the open findings of the kernel it hunts (`list findings`): the engine knows which
 * they are.
 */
export interface AskedHunt extends HuntRequest {
  readonly pastOpenFindings?: boolean;
}

export interface HuntResult {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
  /** The witness, seen again; null where there is none. */
  readonly replay: ReplayResult | null;
}

export type { ReplayResult } from '../report/json-documents.js';

/**
 * A window of a recording as a scenario, and what to tell of it: which recording, which window, chosen how,
 * what was left out.
 */
export interface ImportedWindow {
  readonly scenario: Scenario;
  readonly description: readonly LabelledLine[];
}

/** What runs on worker threads, one for each simulated CPU. */
export interface ThreadEngine {
  /** Scenarios that are made for a number of CPUs and run on threads only. */
  scenarios(): Promise<readonly (Listed & { make(cpus: number): Scenario })[]>;
  selfTest(): Promise<SelfTest>;
  /** Why a variant does not run on threads of this computer, or null. */
  refused(variant: string): Promise<string | null>;
  /** Programs are of the modules loaded. */
  stress(plan: StressPlan, targets: readonly StressTarget[]): Promise<CampaignResult>;
  /** Follows a finding's schedule in lockstep on one thread per CPU. */
  replay(finding: Finding): Promise<LockstepResult>;
}

/** Studies, and what runs them. */
export interface StudyEngine {
  list(): Promise<readonly Study[]>;
  /**
   * The study with rows for variants of users' modules, and what those are compared with, in the place of its
   * own rows or `beside` them.
   */
  withOwn(study: Study, variants: readonly string[], beside: boolean): Promise<Study>;
  /** A study that shows each scenario by itself, in these; others as they are. */
  over(study: Study, scenarios: readonly Scenario[]): Promise<Study>;
  /** What the package says of a study's rows; null of a study or a memory model of which it says nothing. */
  shipped(study: Study, memory: MemoryModel): Promise<ShippedProofs | null>;
  run(request: StudyRequest, pool: Pool): Promise<StudyOutcome>;
  /** Decides cells by all executions, but those that `file` keeps. Throws InputError for a file of others. */
  decide(request: DecideRequest, file: string): Promise<Decided>;
}

/** Two variants beside each other. */
export interface ComparisonEngine {
  /** Name of what a variant was made from, or null: it stands for itself, or that has no name. */
  baseOf(variant: string): Promise<string | null>;
  run(request: CompareRequest, pool: Pool): Promise<Comparison>;
}

/** A kernel's C text beside the lab's transcription, access by access. */
export interface ComparedSource extends AccessComparison {
  readonly variant: string;
  readonly base: string;
  readonly scenarios: number;
  /** Of each scenario. */
  readonly executions: number;
  readonly seed: number;
  /** Where they have fields that the other has not, nothing is compared. */
  readonly ownWords: 'same' | 'other';
}

/** Verifies programs and kernels, one at a time, until it is closed. */
export interface ProgramVerifier {
  verify(request: VerifyRequest): Promise<VerifyOutcome>;
  close(): void;
}

/** A plain program of a user's module. */
export interface OwnProgram {
  readonly name: string;
  readonly cpus: number;
}

/** What users' modules define. */
export interface OwnDefinitions {
  readonly variants: readonly string[];
  readonly programs: readonly OwnProgram[];
  readonly scenarios: readonly Scenario[];
}

export interface Engine {
  /**
   * Reads users' modules; what they define is known by name from then on, here and in pools opened later.
   * `typeCheck`: of a finding's modules, only where they are no longer these. `expected`: what they must be.
   * Throws InputError.
   */
  loadModules(
    files: readonly string[],
    typeCheck: boolean | readonly ModuleRef[],
    expected?: readonly ModuleRef[],
    kernelSources?: readonly PreparedSource[],
  ): Promise<OwnDefinitions>;
  /** Reads a configuration; undefined looks for it here. Throws InputError. */
  loadConfig(file: string | undefined, typeCheck: boolean): Promise<LoadedConfig>;
  /** Another one for other code: this version, and every file of the modules that are loaded. */
  codeHash(): Promise<string>;
  /** Tells what of a kernel's C text is mapped to what. Throws InputError. */
  checkSource(tree: string, options: SourceOptions): Promise<SourceCheck>;
  /** Compiles and translates a kernel's C text. Throws InputError. */
  prepareSource(tree: string, options: SourceOptions): Promise<PreparedSource>;
  /** Compares the functions of a kernel's C text, which is loaded, with those of its base. */
  compareSource(
    ref: Pick<KernelSourceRef, 'variant' | 'base'>,
    how: Pick<AccessComparisonRequest, 'executions' | 'seed' | 'naming' | 'onExecution' | 'only'>,
  ): Promise<ComparedSource>;
  /**
   * Checks a recording against a profile or variant, C text that is loaded among them; null: against the
   * profile of the kernel that made it. `onBytes` is told of a long one how much has been read. Throws
   * InputError.
   */
  checkTrace(file: string, version: string | null, onBytes?: (bytes: number) => void): Promise<CheckReport>;
  /** An error that came out of a module which was read, as the InputError that it is; any other as it is. */
  asInputError(error: unknown): unknown;
  variants(): Promise<readonly ListedVariant[]>;
  /**
   * The variant's own name, for a name, an alias or a combination such as `6.18~filterSwitching`; null where
   * there is none.
   */
  findVariant(name: string): Promise<string | null>;
  /** Rules about remote generations and lazy CPUs; with a backend's name in front they are variants. */
  rules(): Promise<readonly (Listed & { readonly assumes: string })[]>;
  backends(): Promise<readonly (Listed & { readonly has: readonly string[]; readonly profile: string })[]>;
  /** Why a rule makes no sense with a backend, or null if the name is of no such pair. */
  senseless(name: string): Promise<string | null>;
  scenarios(): Promise<readonly Scenario[]>;
  /** Small ones, for `verify`. */
  verifyScenarios(): Promise<readonly Scenario[]>;
  /**
   * Where variants run: in those that are given, else in those among `usual` (default: the catalogue) that
   * are usual for all of them. Throws InputError for one that makes no sense.
   */
  fittingScenarios(
    variants: readonly string[],
    given: readonly Scenario[] | undefined,
    usual?: readonly Scenario[],
  ): Promise<readonly Scenario[]>;
  features(): Promise<readonly Listed[]>;
  /** Protocol functions that a variant can replace. */
  functions(): Promise<readonly Listed[]>;
  /** What the machine can be told to do. */
  operations(): Promise<readonly Listed[]>;
  /** What is wrong in some of the kernels, and known. */
  openFindings(): Promise<readonly Listed[]>;
  oracles(): Promise<readonly Listed[]>;
  strategies(): Promise<readonly Listed[]>;
  openPool(jobs: number): Promise<Pool>;
  hunt(request: AskedHunt, pool: Pool): Promise<HuntResult>;
  huntProgram(request: ProgramHuntRequest, pool: Pool): Promise<HuntResult>;
  /** `onFollowed` is told how much of it is executed. */
  replay(finding: Finding, onFollowed?: (done: number, of: number) => void): Promise<ReplayResult>;
  /** A finding's execution as a recording of it, a line each. Throws InputError for one that has none. */
  ftrace(finding: Finding): Promise<readonly string[]>;
  /**
   * A finding with less in it; null where `signal` was aborted before there was one. Throws InputError where
   * the finding does not replay.
   */
  minimise(
    finding: Finding,
    pool: Pool,
    limits: MinimiseLimits,
    signal: AbortSignal,
    onProgress: (progress: MinimiseProgress) => void,
  ): Promise<MinimisedFinding | null>;
  /**
   * The orderings that suffice for a finding's violation, tried in so many executions each time, and in so
   * many steps of all; then all executions that keep them, in at most so many states. Throws InputError where
   * it does not replay.
   */
  orderings(
    finding: Finding,
    limits: Pick<SufficientLimits, 'executions' | 'steps'> & { readonly states: number },
    onProgress: (progress: OrderingsProgress) => void,
  ): Promise<FoundOrderings>;
  readonly threads: ThreadEngine;
  readonly studies: StudyEngine;
  readonly comparisons: ComparisonEngine;
  /** `window` is `A..B`, two line numbers; null takes the first window that the written rule accepts. */
  importTrace(file: string, window: string | null): Promise<ImportedWindow>;
  /**
   * The windows of a recording that hold most of what a study counts, at most `windows` of them, in file
   * order.
   */
  importTraces(file: string, windows: number): Promise<readonly ImportedWindow[]>;
  /** `onBytes` as of checkTrace. */
  traceInfo(
    file: string,
    onBytes?: (bytes: number) => void,
  ): Promise<{ readonly text: string; readonly json: object }>;
  /** For all executions of programs of the loaded modules, and of kernels in scenarios. */
  verifier(): Promise<ProgramVerifier>;
  /**
   * The litmus tests of a file or directory, explored one after the other until `signal` is aborted, and each
   * run on threads for so long; `onTest` is told before each of them. Throws InputError.
   */
  litmus(
    path: string,
    memory: MemoryModel,
    signal: AbortSignal,
    onThreadsMs: number | null,
    onTest: (done: number, of: number) => void,
  ): AsyncIterable<LitmusOutcome>;
  /** The recording that the project carries, for the demo. */
  carriedRecording(): string;
}
