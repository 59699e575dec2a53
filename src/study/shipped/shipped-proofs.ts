import { existsSync, readFileSync } from 'node:fs';
import { codeHashOf, valueHashOf } from '../../vocabulary/code-hash.js';
import type { MemoryModel } from '../../vocabulary/finding.js';
import { packageRoot } from '../../vocabulary/package-root.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { Proved } from '../exhaustive/proved-row.js';
import type { Study, StudyRow } from '../study.js';
import { parseShipped, type ShippedCell } from './shipped-file.js';

/** Where the file of a study lies, under the root of the package. */
export const shippedFile = (study: string): string => `data/proofs/${study}.json`;

/** What the package brings of a study; null of one, or under a memory model, of which it brings nothing. */
export function shippedProofs({ name, plan }: Study, memory: MemoryModel): ShippedProofs | null {
  const scenarios = plan.proof?.shipped;
  return scenarios === undefined || memory !== 'tso' ? null : ShippedProofs.read(name, scenarios);
}

/**
 * What the package brings of a study's rows: verdicts about all executions of small scenarios, decided before
 * by the very code that is here. `isCurrent` is false where the code is another one, or nothing is brought:
 * then they count for nothing.
 */
export class ShippedProofs {
  /** Names of the scenarios in which rows were decided. */
  readonly scenarios: readonly string[];

  private constructor(
    readonly isCurrent: boolean,
    private readonly cells: ReadonlyMap<string, readonly ShippedCell[]>,
    /** Those that are as they were. */
    known: readonly Scenario[],
  ) {
    const named = new Set([...cells.values()].flatMap((own) => own.map(({ scenario }) => scenario)));
    this.scenarios = known.map(({ name }) => name).filter((name) => named.has(name));
  }

  /**
   * Reads what is brought of a study. `scenarios`: those that it may be decided in, as they are today.
   * `root`: of the package.
   */
  static read(study: string, scenarios: readonly Scenario[], root: URL = packageRoot()): ShippedProofs {
    const path = new URL(shippedFile(study), root);
    const file = existsSync(path) ? parseShipped(readFileSync(path, 'utf8')) : null;
    if (file === null || file.codeHash !== codeHashOf(file.files, root))
      return new ShippedProofs(false, new Map(), []);
    const known = scenarios.filter((scenario) => file.scenarios[scenario.name] === valueHashOf(scenario));
    const names = new Set(known.map(({ name }) => name));
    const cells = file.rows.map(
      ({ variant, cells }) => [variant, cells.filter(({ scenario }) => names.has(scenario))] as const,
    );
    return new ShippedProofs(true, new Map(cells), known);
  }

  /** Null where nothing is known of the row. */
  of(row: StudyRow): Proved | null {
    const cells = this.cells.get(row.variant) ?? [];
    if (cells.length === 0) return null;
    const proved = cells.filter(({ violation }) => violation === undefined);
    const wrong = cells.flatMap(({ scenario, violation }) =>
      violation === undefined ? [] : [{ scenario, ...violation }],
    );
    const own = wrong.filter(({ known }) => known === undefined);
    const shortest = own.toSorted((a, b) => a.steps - b.steps).at(0);
    return {
      row,
      isShipped: true,
      witness:
        shortest === undefined
          ? null
          : {
              class: shortest.class,
              steps: shortest.steps,
              scenario: shortest.scenario,
              finding: null,
            },
      refuted: own.map(({ scenario }) => scenario),
      proved: proved.map(({ scenario }) => scenario),
      states: proved.reduce((sum, { states }) => sum + states, 0),
      known: wrong.flatMap(({ known, scenario }) =>
        known === undefined ? [] : [{ finding: known, scenario }],
      ),
      partly: [],
      latent: [...new Set(cells.flatMap(({ latent = [] }) => latent))],
    };
  }
}
