import type { AnyNode } from 'acorn';
import type { SubsetOptions } from './check-subset.js';
import { Checker } from './checker.js';
import type { Binding, FunctionInfo, ModuleGraph } from './modules.js';
import { withoutTypes } from './syntax.js';

/** What a call calls. */
export type Target =
  | { readonly kind: 'operation'; readonly name: string }
  | { readonly kind: 'protocol'; readonly name: string; readonly funcs: readonly FunctionInfo[] }
  | { readonly kind: 'pure'; readonly funcs: readonly FunctionInfo[] }
  | { readonly kind: 'unknown'; readonly name: string };

const PURE_MATH = new Set(['abs', 'clz32', 'imul', 'max', 'min']);

/** Knows what a name, and the callee of a call, stand for in one function of protocol code. */
export abstract class NameResolver extends Checker {
  protected readonly locals = new Set<string>();
  /** Name of the parameter that is the CPU; null: none is. */
  protected readonly cpu: string | null;

  constructor(graph: ModuleGraph, options: SubsetOptions, func: FunctionInfo) {
    super(graph, options, func);
    this.cpu = this.cpuParameter();
  }

  /** The CPU is the first parameter of a protocol function; a plain function has one if the type says so. */
  private cpuParameter(): string | null {
    const first = this.func.node.params[0] as
      | (AnyNode & { typeAnnotation?: { typeAnnotation?: { typeName?: { name?: string } } } })
      | undefined;
    if (first?.type !== 'Identifier') return null;
    const type = first.typeAnnotation?.typeAnnotation?.typeName?.name;
    if (this.func.protocol) return type === undefined || type.endsWith('Cpu') ? first.name : null;
    return type?.endsWith('Cpu') === true ? first.name : null;
  }

  protected bindingOf(name: string): Binding | undefined {
    for (const names of this.func.around) {
      const kind = names.get(name);
      if (kind !== undefined)
        return kind === 'constant' ? { kind } : { kind, why: 'a variable of a function around it' };
    }
    return this.graph.resolve(this.func.module, name);
  }

  /** What a call's callee is. */
  protected targetOf(called: AnyNode): Target {
    const callee = withoutTypes(called);
    if (callee.type === 'Identifier') return this.namedTarget(callee.name);
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') {
      return { kind: 'unknown', name: 'what is called' };
    }
    const { name } = callee.property;
    const object = withoutTypes(callee.object);
    if (object.type === 'ThisExpression') {
      const method = this.func.methods?.get(name);
      return method === undefined ? { kind: 'unknown', name: `this.${name}` } : targetOfFunction(method);
    }
    if (object.type === 'Identifier') {
      if (object.name === this.cpu) {
        if (this.options.operations.has(name)) return { kind: 'operation', name: `cpu.${name}` };
        if (this.options.configuration?.has(name) === true) return { kind: 'pure', funcs: [] };
        return { kind: 'unknown', name: `cpu.${name}` };
      }
      if (object.name === 'Math' && PURE_MATH.has(name)) return { kind: 'pure', funcs: [] };
      const member = this.locals.has(object.name)
        ? undefined
        : this.graph.resolveMember(this.func.module, object.name, name);
      if (member?.kind === 'function') return targetOfFunction(member.func);
    }
    if (this.isFunctionTable(object))
      return { kind: 'protocol', name: `cpu.fn.${name}`, funcs: this.graph.protocolNamed(name) };
    return { kind: 'unknown', name: `${name} of something that is not the CPU` };
  }

  private isFunctionTable(node: AnyNode): boolean {
    if (
      node.type !== 'MemberExpression' ||
      node.computed ||
      node.property.type !== 'Identifier' ||
      node.property.name !== 'fn'
    )
      return false;
    const object = withoutTypes(node.object);
    return object.type === 'Identifier' && object.name === this.cpu;
  }

  private namedTarget(name: string): Target {
    if (!this.locals.has(name)) {
      const binding = this.bindingOf(name);
      if (binding?.kind === 'function') return targetOfFunction(binding.func);
      if (binding?.kind === 'import') {
        const external = this.options.external;
        if (external?.protocol?.has(binding.name) === true) return { kind: 'protocol', name, funcs: [] };
        if (external?.pure?.has(binding.name) === true) return { kind: 'pure', funcs: [] };
      }
    }
    return { kind: 'unknown', name };
  }
}

function targetOfFunction(func: FunctionInfo): Target {
  return func.protocol
    ? { kind: 'protocol', name: func.name, funcs: [func] }
    : { kind: 'pure', funcs: [func] };
}
