import { isProgram, type Subject } from '../api/subject.js';
import type { Modules } from '../bundle/modules.js';
import { NO_MODULES } from '../bundle/modules.js';
import { BundlePlaces } from '../bundle/places.js';
import { displayPath } from '../bundle/user-files.js';
import { madePrograms } from '../programs/plain-program.js';
import type { Subject as NamedSubject } from '../programs/subject.js';
import { fittingScenarios } from '../scenarios/fitting.js';
import { verifyCatalogue } from '../scenarios/verify/index.js';
import { madeVariants } from '../variants/define.js';
import { findVariant } from '../variants/index.js';
import { Verifier, type VerifyOutcome } from '../verify/verify.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** What a test asks to be verified, and within what. */

export interface VerifiedOptions {
  /**
   * The file that exports it. Default: the one in which it was made. It is read again there, for all of its
   * code has to be seen through; so a test file itself cannot be it.
   */
  readonly module?: string;
  /** `tso` (x86, the default) or `sc`. */
  readonly memory?: MemoryModel;
  /** For a variant: where it runs. Default: the small catalogue of `list scenarios --verify`. */
  readonly scenarios?: readonly Scenario[];
  /**
   * Enough are all executions in which a CPU that could go on is taken off at most so many times. Default:
   * all executions.
   */
  readonly preemptionsOfCpus?: number;
  /** What the states may take, in bytes. Default 1 GiB. */
  readonly memoryLimit?: number;
  /** Directory for the finding of a violation. Default `findings`. */
  readonly out?: string;
}

const MEMORY_LIMIT_DEFAULT = 2 ** 30;

export interface Verified {
  readonly outcomes: readonly VerifyOutcome[];
  readonly modules: Modules;
}

/**
 * All executions of the subject, up to the first violation, for `budgetMs` milliseconds at most all together.
 * Throws a TypeError where its file is not known or that of the test, and an InputError for a mistake in it.
 */
export async function verified(
  subject: Subject,
  options: VerifiedOptions = {},
  budgetMs?: number,
  testFile?: string,
): Promise<Verified> {
  const began = performance.now();
  const modules = await modulesWith(subject, options.module ?? placeOf(subject), testFile);
  const verifier = new Verifier(modules);
  const outcomes: VerifyOutcome[] = [];
  const signal = budgetMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(budgetMs));
  try {
    for (const named of subjectsOf(subject, options.scenarios)) {
      const outcome = await verifier.verify({
        subject: named,
        memory: options.memory ?? 'tso',
        memoryLimit: options.memoryLimit ?? MEMORY_LIMIT_DEFAULT,
        switchesMax: options.preemptionsOfCpus,
        budgetMs: budgetMs === undefined ? undefined : Math.max(1, budgetMs - (performance.now() - began)),
        signal,
      });
      outcomes.push(outcome);
      if (outcome.finding !== null) break;
    }
  } finally {
    verifier.close();
  }
  return { outcomes, modules };
}

function subjectsOf(subject: Subject, scenarios: readonly Scenario[] | undefined): readonly NamedSubject[] {
  const { name } = subject;
  return isProgram(subject)
    ? [{ program: name }]
    : fittingScenarios([subject], scenarios, verifyCatalogue).map((scenario) => ({
        variant: name,
        scenario,
      }));
}

/** The modules that define it under its name; of a built-in variant none. */
async function modulesWith(
  subject: Subject,
  file: string | undefined,
  testFile: string | undefined,
): Promise<Modules> {
  if (!isProgram(subject) && findVariant(subject.name) === subject) return NO_MODULES;
  const fix = "export it from a module of its own, and give that: toBeVerified({ module: 'locks.ts' })";
  if (file === undefined) throw new TypeError(`${subject.name}: the file that makes it is not known; ${fix}`);
  if (file === testFile) throw new TypeError(`${subject.name}: it is made in the test's own file; ${fix}`);
  // Only here: the whole API, which whoever calls `toSurvive` alone does not need.
  const { loadModules } = await import('../index.js');
  const { modules } = await loadModules([file], { typeCheck: false });
  const known: readonly Subject[] = isProgram(subject) ? modules.programs : modules.variants;
  if (!known.some(({ name }) => name === subject.name))
    throw new TypeError(`${displayPath(file)} exports nothing that is named "${subject.name}"; ${fix}`);
  return modules;
}

function placeOf(subject: Subject): string | undefined {
  const stack = isProgram(subject) ? madePrograms.stackOf(subject) : madeVariants.stackOf(subject);
  return new BundlePlaces('').userPlace(stack)?.path;
}
