import type { AnyNode } from 'acorn';
import type { FunctionInfo } from './modules.js';
import { NameResolver, type Target } from './name-resolver.js';
import { BINARY_REFUSED, FORBIDDEN, isTruncated, PLAIN } from './refused-syntax.js';
import { boundNames, childrenOf, isFunction, withoutTypes } from './syntax.js';

/** Checks one function of protocol code. */

const CONSTANT_GLOBALS = new Set(['undefined']);
/** What of the CPU belongs to the machine, not to protocol code: mutable state that no operation guards. */
const MACHINE_STATE = new Set([
  'machine',
  'pending',
  'immediate',
  'top',
  'frames',
  'saved',
  'depth',
  'finished',
]);

export class FunctionChecker extends NameResolver {
  /** Functions that this one calls. */
  readonly calls: FunctionInfo[] = [];

  check(): void {
    const { node } = this.func;
    if (node.async === true) this.report(node, 'async', 'protocol code is synchronous');
    for (const param of node.params) this.checkParameter(param as AnyNode);
    this.collectLocals(node.body);
    if (node.body.type === 'BlockStatement') this.visitAll(node.body);
    else this.visit(node.body, node);
  }

  private checkParameter(param: AnyNode): void {
    if (param.type === 'AssignmentPattern') this.report(param, 'default parameter', 'pass the value');
    else if (param.type === 'RestElement') this.report(param, 'rest parameter', 'name the parameters');
    else if (param.type !== 'Identifier')
      this.report(param, 'pattern parameter', 'take the handle apart inside');
    for (const name of boundNames(param)) this.locals.add(name);
  }

  private collectLocals(node: AnyNode): void {
    if (node.type === 'VariableDeclaration')
      for (const { id } of node.declarations) for (const name of boundNames(id)) this.locals.add(name);
    if (isFunction(node)) return;
    for (const child of childrenOf(node)) this.collectLocals(child);
  }

  private visitAll(node: AnyNode): void {
    for (const child of childrenOf(node)) this.visit(child, node);
  }

  private visit(node: AnyNode, parent: AnyNode): void {
    const forbidden = FORBIDDEN[node.type];
    if (forbidden !== undefined) {
      this.report(node, ...forbidden);
      return;
    }
    if (isFunction(node)) {
      this.report(node, 'closure', 'declare the function at the top of the module');
      return;
    }
    if (!this.visitStatement(node)) this.visitExpression(node, parent);
  }

  /** Statements that need a look; false: it is none of them. */
  private visitStatement(node: AnyNode): boolean {
    switch (node.type) {
      case 'VariableDeclaration':
        if (node.kind !== 'const' && node.kind !== 'let') this.report(node, node.kind, 'use const or let');
        for (const { id } of node.declarations) this.checkPattern(id);
        for (const { init } of node.declarations)
          if (init !== null && init !== undefined) this.visit(init, node);
        return true;
      case 'ForOfStatement':
        if (node.await) this.report(node, 'await', 'protocol code is synchronous');
        this.visitAll(node);
        return true;
      case 'LabeledStatement':
        this.visit(node.body, node);
        return true;
      case 'BreakStatement':
      case 'ContinueStatement':
        return true;
      default:
        return false;
    }
  }

  private visitExpression(node: AnyNode, parent: AnyNode): void {
    switch (node.type) {
      case 'YieldExpression':
        this.visitYield(node);
        return;
      case 'CallExpression':
        this.visitCall(node);
        return;
      case 'MemberExpression':
        this.visitMember(node);
        return;
      case 'AssignmentExpression':
        this.checkTarget(node.left, node);
        this.visit(node.right, node);
        return;
      case 'UpdateExpression':
        this.checkTarget(node.argument, node);
        return;
      case 'UnaryExpression':
        if (node.operator === 'delete') this.report(node, 'delete', 'handles are immutable');
        else if (node.operator === '-' && node.argument.type === 'Literal')
          this.checkNumber(node.argument, -1);
        else this.visitAll(node);
        return;
      case 'Literal':
        this.checkLiteral(node);
        return;
      case 'Identifier':
        this.checkName(node);
        return;
      case 'ThisExpression':
        if (this.func.methods === null) this.report(node, 'this', 'only methods have one');
        return;
      case 'BinaryExpression': {
        const refused = BINARY_REFUSED[node.operator];
        if (refused !== undefined) this.report(node, `operator ${node.operator}`, refused);
        if (node.operator === '/' && !isTruncated(parent))
          this.report(node, 'operator /', 'numbers are int32: write (a / b) | 0');
        this.visitAll(node);
        return;
      }
      default:
        if (!PLAIN.has(node.type)) this.report(node, node.type, 'this syntax is not in the subset');
        this.visitAll(node);
    }
  }

  private checkPattern(pattern: AnyNode): void {
    if (pattern.type === 'ObjectPattern') {
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') this.report(property, 'rest in a pattern', 'name the members');
        else if (property.computed) this.report(property, 'computed key in a pattern', 'name the member');
        else this.checkPattern(property.value);
      }
    } else if (pattern.type === 'ArrayPattern') {
      for (const element of pattern.elements) if (element !== null) this.checkPattern(element);
    } else if (pattern.type === 'AssignmentPattern')
      this.report(pattern, 'default in a pattern', 'test for undefined');
    else if (pattern.type === 'RestElement') this.report(pattern, 'rest in a pattern', 'name the elements');
  }

  /** What is assigned to must be a local. */
  private checkTarget(target: AnyNode, at: AnyNode): void {
    const inner = withoutTypes(target);
    if (inner.type === 'MemberExpression')
      this.report(at, 'assignment to a member', 'state is in words of memory: use an operation');
    else if (inner.type !== 'Identifier')
      this.report(at, 'assignment to a pattern', 'assign one local at a time');
    else if (!this.locals.has(inner.name))
      this.report(at, 'mutable module state', `${inner.name} is not a local`);
  }

  private checkLiteral(node: AnyNode & { type: 'Literal' }): void {
    if (node.regex !== undefined && node.regex !== null)
      this.report(node, 'regular expression', 'locals are numbers and immutable handles');
    else if (node.bigint !== undefined && node.bigint !== null)
      this.report(node, 'bigint', 'numbers are int32');
    else this.checkNumber(node, 1);
  }

  private checkNumber(node: AnyNode & { type: 'Literal' }, sign: number): void {
    if (typeof node.value !== 'number') return;
    const value = node.value * sign;
    if ((value | 0) !== value) this.report(node, 'number outside int32', `${value} is none`);
  }

  /** A name used as a value. */
  private checkName(node: AnyNode & { type: 'Identifier' }): void {
    const { name } = node;
    if (name === this.cpu) {
      this.report(node, 'CPU as a value', 'pass it on as a first argument, or call its operations');
      return;
    }
    if (this.locals.has(name) || CONSTANT_GLOBALS.has(name)) return;
    const binding = this.bindingOf(name);
    if (binding === undefined) this.report(node, 'global', `${name} is not declared here`);
    else if (binding.kind === 'mutable')
      this.report(node, 'mutable module state', `${name} is ${binding.why}`);
    else if (binding.kind === 'function')
      this.report(node, 'function as a value', `${name} can only be called`);
    else if (binding.kind === 'class') this.report(node, 'class', `${name} is no number`);
  }

  private visitMember(node: AnyNode & { type: 'MemberExpression' }): void {
    if (
      !node.computed &&
      node.property.type === 'Identifier' &&
      this.graph.accessors.has(node.property.name)
    ) {
      this.report(
        node,
        'getter',
        `a member read must be one, and ${node.property.name} is a getter somewhere`,
      );
    }
    const object = withoutTypes(node.object);
    if (object.type === 'Identifier' && object.name === this.cpu) {
      if (node.computed || node.property.type !== 'Identifier') {
        this.report(node, 'dynamic member of the CPU', 'name it');
        return;
      }
      const { name } = node.property;
      if (MACHINE_STATE.has(name))
        this.report(node, 'machine state', `cpu.${name} is not for protocol code: use an operation`);
      else if (name === 'fn' || this.options.operations.has(name))
        this.report(node, 'function as a value', `cpu.${name} can only be called`);
      return;
    }
    if (
      object.type === 'Identifier' &&
      !this.locals.has(object.name) &&
      !node.computed &&
      node.property.type === 'Identifier'
    ) {
      const member = this.graph.resolveMember(this.func.module, object.name, node.property.name);
      if (member !== undefined) {
        if (member.kind === 'mutable')
          this.report(node, 'mutable module state', `${node.property.name} is ${member.why}`);
        else if (member.kind === 'function')
          this.report(node, 'function as a value', `${node.property.name} can only be called`);
        return;
      }
    }
    this.visit(node.object, node);
    if (node.computed) this.visit(node.property, node);
  }

  // Calls.

  private visitYield(node: AnyNode & { type: 'YieldExpression' }): void {
    if (!node.delegate) {
      this.report(node, 'plain yield', 'write yield* and an operation');
      return;
    }
    const called = node.argument === null || node.argument === undefined ? null : withoutTypes(node.argument);
    if (called?.type !== 'CallExpression') {
      this.report(
        node,
        'generator as a value',
        'yield* stands before a call of an operation or a protocol function',
      );
      return;
    }
    const target = this.targetOf(called.callee as AnyNode);
    if (target.kind === 'pure') this.report(node, 'yield* of a plain function', 'it is no operation');
    this.visitCallParts(called, target);
  }

  private visitCall(node: AnyNode & { type: 'CallExpression' }): void {
    const target = this.targetOf(node.callee as AnyNode);
    if (target.kind === 'operation' || target.kind === 'protocol') {
      this.report(
        node,
        'protocol call without yield*',
        `${target.name} would be skipped when explored, and run under stress`,
      );
    }
    this.visitCallParts(node, target);
  }

  private visitCallParts(node: AnyNode & { type: 'CallExpression' }, target: Target): void {
    if (node.optional) this.report(node, 'optional chaining', 'test for undefined');
    if (target.kind === 'unknown') {
      this.report(
        node,
        'unknown call',
        `${target.name} is no operation, protocol function or pure function that is checked`,
      );
      this.visitUnknownCallee(withoutTypes(node.callee as AnyNode));
    } else if (target.kind !== 'operation') this.calls.push(...target.funcs);
    node.arguments.forEach((argument, index) => {
      const inner = withoutTypes(argument);
      const isCpu = inner.type === 'Identifier' && inner.name === this.cpu;
      if (!(isCpu && index === 0 && target.kind !== 'operation')) this.visit(argument, node);
    });
  }

  /** What is wrong besides in a callee that is nothing known. */
  private visitUnknownCallee(callee: AnyNode): void {
    const object = callee.type === 'MemberExpression' ? withoutTypes(callee.object) : callee;
    if (object.type !== 'Identifier') this.visit(object, callee);
  }
}
