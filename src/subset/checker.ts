import type { AnyNode } from 'acorn';
import type { SubsetOptions, SubsetViolation } from './check-subset.js';
import type { FunctionInfo, ModuleGraph } from './modules.js';
import { lineOf } from './syntax.js';

/** Looks through one function, and notes what is wrong with it. */
export abstract class Checker {
  readonly violations: SubsetViolation[] = [];

  constructor(
    protected readonly graph: ModuleGraph,
    protected readonly options: SubsetOptions,
    protected readonly func: FunctionInfo,
  ) {}

  abstract check(): void;

  protected report(node: AnyNode, construct: string, message: string): void {
    this.violations.push({
      file: this.func.module.path,
      line: lineOf(node),
      construct,
      message: `${message} (in ${this.func.name})`,
    });
  }
}
