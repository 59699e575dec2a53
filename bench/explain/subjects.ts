import { type Modules, NO_MODULES } from '../../src/bundle/modules.js';
import { readFinding } from '../../src/findings/read.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import { allKnownWitnesses } from '../../src/known/witnesses.js';
import type { Program } from '../../src/machine/program.js';
import { programOf } from '../../src/programs/subject.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';
import { bugs } from '../../src/variants/bugs.js';
import { findVariant } from '../../src/variants/index.js';
import { isUsual } from '../../src/variants/misfit.js';
import type { Variant } from '../../src/variants/variant.js';
import { isProgramFinding } from '../../src/vocabulary/finding.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { programCulprits } from '../../test/explain/culprits/programs.js';
import { requestCulprits } from '../../test/explain/culprits/requests.js';
import { seamCulprits } from '../../test/explain/culprits/seams.js';
import { switchCulprits } from '../../test/explain/culprits/switches.js';
import { tableCulprits } from '../../test/explain/culprits/tables.js';
import { targetCulprits } from '../../test/explain/culprits/targets.js';
import { culprits } from '../../test/explain/culprits/variants.js';

/** A bug with a twin without it: what is hunted, and what the twin is of a finding. */
export interface ExplainSubject {
  readonly name: string;
  readonly request:
    | { readonly variant: string; readonly scenarios: readonly Scenario[] }
    | { readonly program: string };
  /**
   * The program without the bug for a finding of the one with it, in its scenario; null for a rule, which has
   * none.
   */
  readonly twin: ((scenario: Scenario | null) => Program) | null;
}

const replaced = [
  ...culprits,
  ...seamCulprits,
  ...requestCulprits,
  ...targetCulprits,
  ...switchCulprits,
  ...tableCulprits,
];

/** What is known by name beside what the project brings. */
export const own: Modules = {
  ...NO_MODULES,
  variants: replaced.flatMap(({ bug, fixed }) => [bug, fixed]),
  programs: programCulprits.flatMap(({ bug, fixed }) => [bug, fixed]),
};

const variantOf = (name: string): Variant => findVariant(name, own.variants) as Variant;

/** In the scenarios that a hunt goes through where none is named. */
function variantSubject(name: string, fixed: string): ExplainSubject {
  const scenarios = everyScenario.filter((scenario) => isUsual(variantOf(name), scenario));
  return {
    name,
    request: { variant: name, scenarios },
    twin: (scenario) => kernelProgram(scenario as Scenario, variantOf(fixed)),
  };
}

/** A rule in the scenario of its witness. */
function ruleSubjects(): ExplainSubject[] {
  return allKnownWitnesses().flatMap(({ variant, file }) => {
    const finding = readFinding(file);
    if (isProgramFinding(finding)) return [];
    return [{ name: variant, request: { variant, scenarios: [finding.scenario] }, twin: null }];
  });
}

/** A series as it was posted, with four bugs that stand here each by itself: no one operation is its fix. */
const SEVERAL = 'b22';

/** Where the built-in twin only goes round the bug, what is without it: microcode that acts here too. */
const TWINS: Readonly<Record<string, string>> = { b22f: 'rar' };

/** Built-in bugs, bugs in replaced functions, programs, and rules with a witness. */
export const subjects: readonly ExplainSubject[] = [
  ...bugs
    .filter(({ bug, name }) => bug !== undefined && name !== SEVERAL)
    .map(({ name }) => variantSubject(name, TWINS[name] ?? `${name}-fixed`)),
  ...replaced.map(({ bug, fixed }) => variantSubject(bug.name, fixed.name)),
  ...programCulprits.map(({ bug, fixed }) => ({
    name: bug.name,
    request: { program: bug.name },
    twin: () => programOf({ program: fixed.name }, own).program,
  })),
  ...ruleSubjects(),
];
