import type { CodeFunction, CoveredFile } from '../../bundle/cover.js';
import type { RanIn } from '../reach/reached.js';
import type { RanSites } from './ran.js';

/**
 * Which lines and branches of a user's file ran in a hunt, of the functions that what is hunted can reach.
 */
export interface CodeReport {
  readonly file: string;
  /** Lines with statements in functions, and branches, and how many of them ran. */
  readonly lines: number;
  readonly linesRan: number;
  readonly branches: number;
  readonly branchesRan: number;
  /** Lines that never ran: from one to another, both included. */
  readonly never: readonly { readonly from: number; readonly to: number }[];
  /** Ways that the code never went at a line that ran. */
  readonly untaken: readonly { readonly line: number; readonly branch: string }[];
  /** Lines that ran in some of the hunted scenarios only. */
  readonly partly: readonly { readonly line: number; readonly scenarios: readonly string[] }[];
}

/** Adds up what batches ran of users' files. */
export class CodeTally {
  /** By file and site: the scenarios in which it ran. */
  private readonly ran = new Map<string, Map<number, Set<number>>>();
  private readonly fresh: RanIn[] = [];
  private readonly hunted = new Set<number>();

  /** `before`: what ran of the same files in hunts before. */
  constructor(
    private readonly files: readonly CoveredFile[],
    private readonly scenarios: readonly string[],
    before: readonly RanIn[] = [],
  ) {
    for (const { scenario, ...ran } of before) {
      const index = scenarios.indexOf(scenario);
      if (index >= 0) this.note(index, ran);
    }
  }

  add(scenario: number, ran: readonly RanSites[]): void {
    this.hunted.add(scenario);
    for (const { file, sites } of ran) {
      const first = this.note(scenario, { file, sites });
      if (first.length > 0) this.fresh.push({ scenario: this.scenarios[scenario], file, sites: first });
    }
  }

  /** What ran first in this hunt. */
  get first(): readonly RanIn[] {
    return this.fresh;
  }

  /** Answers what had not run there before. */
  private note(scenario: number, { file, sites }: RanSites): number[] {
    this.hunted.add(scenario);
    const known = this.ran.get(file) ?? new Map<number, Set<number>>();
    this.ran.set(file, known);
    return sites.filter((site) => {
      const places = known.get(site) ?? new Set();
      known.set(site, places);
      const isFirst = !places.has(scenario);
      places.add(scenario);
      return isFirst;
    });
  }

  /**
   * `roots`: names of the functions that are hunted; null: whatever was entered, where nobody knows them by
   * name.
   */
  reports(roots: readonly string[] | null): CodeReport[] {
    const reached = this.reached(roots);
    return this.files
      .map((covered) => this.report(covered, reached, this.hunted.size))
      .filter(({ lines }) => lines > 0);
  }

  private isEntered({ file, sites }: CoveredFile, func: number): boolean {
    const ran = this.ran.get(file);
    return sites.some((site, index) => site.func === func && ran?.has(index) === true);
  }

  /** Functions that are hunted, that ran, and that those mention by name. */
  private reached(roots: readonly string[] | null): Set<CodeFunction> {
    const functions = this.files.flatMap((covered) =>
      covered.functions.map((func, index) => ({ func, isEntered: this.isEntered(covered, index) })),
    );
    const names = new Set([
      ...(roots ?? []),
      ...functions.flatMap(({ func, isEntered }) => (isEntered ? [func.name] : [])),
    ]);
    for (let before = -1; before !== names.size; ) {
      before = names.size;
      for (const { func } of functions) {
        if (!names.has(func.name)) continue;
        for (const name of func.mentions)
          if (functions.some((other) => other.func.name === name)) names.add(name);
      }
    }
    // Of several by one name, such as one that several variants replace, those that ran.
    const entered = new Set(functions.flatMap(({ func, isEntered }) => (isEntered ? [func.name] : [])));
    return new Set(
      functions.flatMap(({ func, isEntered }) =>
        names.has(func.name) && (isEntered || !entered.has(func.name)) ? [func] : [],
      ),
    );
  }

  private report(covered: CoveredFile, reached: ReadonlySet<CodeFunction>, hunted: number): CodeReport {
    const ran = this.ran.get(covered.file) ?? new Map<number, Set<number>>();
    const sites = covered.sites.map((site, index) => ({ ...site, in: ran.get(index) ?? new Set<number>() }));
    const meant = sites.filter(({ func }) => reached.has(covered.functions[func]));
    const lines = new Map<number, Set<number>>();
    for (const { line, branch, in: scenarios } of meant)
      if (branch === null) lines.set(line, new Set([...(lines.get(line) ?? []), ...scenarios]));
    const inOrder = [...lines].sort((a, b) => a[0] - b[0]);
    const branches = meant.filter(({ branch }) => branch !== null);
    const taken = branches.filter(({ in: scenarios }) => scenarios.size > 0);
    const untaken = branches.filter((site) => site.in.size === 0 && (lines.get(site.line)?.size ?? 1) > 0);
    const partly = inOrder.filter(([, scenarios]) => scenarios.size > 0 && scenarios.size < hunted);
    return {
      file: covered.file,
      ...{ lines: inOrder.length, linesRan: inOrder.filter(([, scenarios]) => scenarios.size > 0).length },
      ...{ branches: branches.length, branchesRan: taken.length },
      never: ranges(inOrder),
      untaken: untaken.map(({ line, branch }) => ({ line, branch: branch ?? '' })),
      partly: partly.map(([line, scenarios]) => ({
        line,
        scenarios: [...scenarios].sort((a, b) => a - b).map((i) => this.scenarios[i]),
      })),
    };
  }
}

/** Lines that never ran, those together between which no other line has a statement. */
function ranges(lines: readonly (readonly [number, ReadonlySet<number>])[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let isOpen = false;
  for (const [line, scenarios] of lines) {
    if (scenarios.size > 0) isOpen = false;
    else if (isOpen) found[found.length - 1].to = line;
    else {
      found.push({ from: line, to: line });
      isOpen = true;
    }
  }
  return found;
}
