import type { FunctionInfo } from './modules.js';

/** Cycles in the call graph: one for every function that is first on a way back to itself. */
export function recursions(
  calls: ReadonlyMap<FunctionInfo, readonly FunctionInfo[]>,
): { path: FunctionInfo[] }[] {
  const found: { path: FunctionInfo[] }[] = [];
  const finished = new Set<FunctionInfo>();
  const stack: FunctionInfo[] = [];
  const visit = (func: FunctionInfo): void => {
    const at = stack.indexOf(func);
    if (at >= 0) {
      found.push({ path: stack.slice(at) });
      return;
    }
    if (finished.has(func)) return;
    stack.push(func);
    for (const callee of new Set(calls.get(func) ?? [])) visit(callee);
    stack.pop();
    finished.add(func);
  };
  for (const func of calls.keys()) visit(func);
  return found;
}
