import { FunctionChecker } from './function-checker.js';
import { type FunctionInfo, ModuleGraph } from './modules.js';
import { recursions } from './recursion.js';
import { lineOf, type SourceModule } from './syntax.js';

/**
 * The subset of TypeScript that protocol code is written in, so that one text can be explored, stripped for
 * stress runs and lowered to an automaton. Protocol code is every generator function, and every plain
 * function that one calls.
 *
 * Allowed: const and let; numbers, booleans, undefined and immutable handles; all loops over them, labels,
 * switch; static destructuring; class methods; pure functions on numbers; `yield*` anywhere in an expression;
 * `??`, `&&`, `||` and `? :`, which are branches. Everything else is reported with file, line and the
 * construct's name. What cannot be seen in the text alone (whether a handle is immutable, whether arithmetic
 * stays within int32) is not checked.
 */

export interface SubsetViolation {
  readonly file: string;
  readonly line: number;
  /** Short name of the construct, the same for every instance of it. */
  readonly construct: string;
  readonly message: string;
}

export interface SubsetOptions {
  /** Names of the methods of the CPU that are operations (see `operationNames`). */
  readonly operations: ReadonlySet<string>;
  /** Names of the methods of the CPU that read its immutable configuration. */
  readonly configuration?: ReadonlySet<string>;
  /** Protocol functions and pure functions that modules import from elsewhere, by name. */
  readonly external?: { readonly protocol?: ReadonlySet<string>; readonly pure?: ReadonlySet<string> };
  /** Which of the modules are checked; the others only say what names mean. Default: all. */
  readonly checked?: (path: string) => boolean;
}

/** Methods of a CPU class that are no operations for protocol code. */
const NOT_OPERATIONS = new Set(['constructor', 'op', 'done', 'nothing']);

/** The operations of a CPU class: the methods of its prototype. */
export function operationNames(cpuClass: { readonly prototype: object }): Set<string> {
  return new Set(Object.getOwnPropertyNames(cpuClass.prototype).filter((name) => !NOT_OPERATIONS.has(name)));
}

/** `src/kernel/smp.ts:12: closure: ...`. */
export function formatSubsetViolation(violation: SubsetViolation): string {
  return `${violation.file}:${violation.line}: ${violation.construct}: ${violation.message}`;
}

/**
 * Checks modules, in the order given; an empty list means that all protocol code is in the subset. Throws
 * SubsetSyntaxError.
 */
export function checkSubset(sources: readonly SourceModule[], options: SubsetOptions): SubsetViolation[] {
  const graph = new ModuleGraph(sources);
  const violations: SubsetViolation[] = [];
  const isChecked = options.checked ?? (() => true);
  const calls = new Map<FunctionInfo, FunctionInfo[]>();
  const done = new Set<FunctionInfo>();
  const pending: FunctionInfo[] = [];
  for (const module of graph.modules.values()) if (isChecked(module.path)) pending.push(...module.protocol);
  // Plain functions are checked because, and only if, protocol code calls them.
  for (let func = pending.shift(); func !== undefined; func = pending.shift()) {
    if (done.has(func)) continue;
    done.add(func);
    const checker = new FunctionChecker(graph, options, func);
    checker.check();
    violations.push(...checker.violations);
    calls.set(func, checker.calls);
    for (const callee of checker.calls) if (!callee.protocol) pending.push(callee);
  }
  for (const { path } of recursions(calls)) {
    const [first] = path;
    const circle = [...path, first].map((func) => func.name).join(' calls ');
    violations.push({
      file: first.module.path,
      line: lineOf(first.node),
      construct: 'recursion',
      message: `${circle}; the depth of calls must be known`,
    });
  }
  const order = new Map([...graph.modules.keys()].map((path, index) => [path, index]));
  return violations.sort((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line);
}
