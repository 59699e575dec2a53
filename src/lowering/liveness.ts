import type { Assigned } from './closures.js';
import { changesOnTheWay, doesSomething, isConstant, isPlain, KeptValues, receiver } from './kept-values.js';
import { type EachLoop, type ListLoop, requireListLoop, targetOf } from './list-loops.js';
import { type Live, minus, NONE, union, without } from './live-sets.js';
import { readsOf, usesThis } from './reads.js';
import type { Scope, Scopes } from './scopes.js';
import type { SharedScopes } from './shared-scopes.js';
import {
  type AnyNode,
  contains,
  evaluated,
  type FunctionNode,
  isFunction,
  isSite,
  lineOf,
  Unsupported,
  withoutTypes,
} from './syntax.js';
import { requireTry, type TryBlock } from './try-blocks.js';

/**
 * Backward liveness over one generator function: which variables are still read after each `yield*`. What is
 * dead there does not tell two local states apart; without this, states never meet and loops never close.
 *
 * The analysis may call a variable live that is dead (more states), never the other way round (a state lost).
 */

/** A `yield*`, and what is read after it. */
export interface Site {
  readonly node: AnyNode & { type: 'YieldExpression' };
  /** Names, in order, or what reads them anew each time; `this` among them where the function reads it. */
  readonly live: readonly string[];
  /** Loops over lists that it stands in: where they are belongs to where it is (list-loops.ts). */
  readonly loops: readonly ListLoop[];
}

interface Target {
  readonly labels: readonly string[];
  readonly breakOut: Live;
  /** Null for what cannot be continued: a switch, what has a label. */
  readonly continueOut: Live | null;
  /** Left by its label only. */
  readonly isLabelled: boolean;
}

export interface LiveSites {
  readonly sites: readonly Site[];
  /** Values that expressions keep across operations. */
  readonly kept: KeptValues;
}

/**
 * `changed`: what the module assigns to. Throws Unsupported for what it does not see
 * through.
 */
export function liveSites(
  func: FunctionNode,
  scopes: Scopes,
  scope: Scope,
  changed: Assigned,
  shared: SharedScopes,
): LiveSites {
  const liveness = new Liveness(func, scopes, scope, changed, shared);
  return { sites: liveness.sites(), kept: liveness.kept };
}

/** Assignments that may leave their right side out. */
const LOGICAL: ReadonlySet<string> = new Set(['||=', '&&=', '??=']);

/** What takes the labels before it. */
const LABELLED: ReadonlySet<string> = new Set([
  'LabeledStatement',
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
]);

class Liveness {
  /** By `yield*`: what is live after it, and the scope in which it stands. */
  private readonly found = new Map<AnyNode, { live: Live; scope: Scope; loops: readonly ListLoop[] }>();
  /** Loops over lists with operations in them, the outermost first. */
  private readonly loops: ListLoop[] = [];
  private readonly targets: Target[] = [];
  /** What is read where something is thrown, or left, from here. */
  private readonly handlers: Live[] = [];
  /** What is read where the rest of an expression is left out, as behind `?.`. */
  private readonly ends: Live[] = [];
  private labels: string[] = [];
  readonly kept: KeptValues;
  private readonly readsThis: boolean;

  constructor(
    private readonly func: FunctionNode,
    private readonly scopes: Scopes,
    private readonly around: Scope,
    private readonly changed: Assigned,
    private readonly shared: SharedScopes,
  ) {
    this.readsThis = usesThis(func.body);
    this.kept = new KeptValues(scopes.within(func, around));
  }

  sites(): Site[] {
    const { func, scopes } = this;
    for (const param of func.params)
      if (contains(param as AnyNode, isSite))
        throw new Unsupported(lineOf(param as AnyNode), 'an operation in a parameter');
    const own = scopes.within(func, this.around);
    for (const { kind, scope, node } of this.changed.assigned)
      if (kind === 'closure' && node !== null && scope.isWithin(own))
        throw new Unsupported(lineOf(node), 'a function whose name is assigned to: write let');
    this.flow(func.body, NONE, own);
    // What is in the middle of such things when it waits is nobody's variable.
    for (const site of sitesIn(func.body))
      if (!this.found.has(site))
        throw new Unsupported(lineOf(site), 'an operation in a pattern or a class: give its result a name');
    return [...this.found].map(([node, { live, scope, loops }]) => ({
      node: node as Site['node'],
      loops,
      live: [
        ...this.names(node, live, scope),
        ...this.shared.namesAt(scope),
        ...(this.readsThis ? ['this'] : []),
      ],
    }));
  }

  private names(node: AnyNode, live: Live, scope: Scope): string[] {
    const found = [...live].filter((binding) => binding.kind === 'variable');
    for (const binding of found)
      if (scope.resolve(binding.name) !== binding)
        throw new Unsupported(
          lineOf(node),
          `${binding.name} is declared again around it: give one of the two another name`,
        );
    // Whoever has a function that assigns to it may call it at any time.
    const own = this.scopes.within(this.func, this.around);
    const cells = [...this.changed.fromWithin].filter(
      (binding) => binding.scope.ofFunction === own && scope.resolve(binding.name) === binding,
    );
    const sorted = [...new Set([...found, ...cells])].sort((a, b) => (a.name < b.name ? -1 : 1));
    return sorted.map((each) =>
      // A function may read what is declared further down, and has no value yet.
      this.changed.fromWithin.has(each) || node.start < each.from
        ? `shootdownFrames.cell(()=>${each.name})`
        : each.name,
    );
  }

  /** What is live before a node, given what is live after it. */
  private flow(node: AnyNode, out: Live, around: Scope): Live {
    const scope = this.scopes.within(node, around);
    switch (node.type) {
      case 'YieldExpression':
        return this.site(node, out, scope);
      case 'Identifier':
        return union(out, this.reads(node, scope));
      case 'FunctionDeclaration':
        return out;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'ClassDeclaration':
      case 'ClassExpression':
        return union(out, this.reads(node, around));
      case 'TryStatement':
        return this.try(node, out, scope);
      case 'BlockStatement':
        return this.block(node, out, scope);
      case 'IfStatement':
      case 'ConditionalExpression': {
        const consequent = this.flow(node.consequent, out, scope);
        const alternate = node.alternate == null ? out : this.flow(node.alternate, out, scope);
        return this.flow(node.test, union(consequent, alternate), scope);
      }
      case 'LogicalExpression':
        return this.flow(node.left, union(out, this.flow(node.right, out, scope)), scope);
      case 'ChainExpression':
        return this.mayEnd(out, () => this.flow(node.expression, out, scope));
      case 'SequenceExpression':
        return node.expressions.reduceRight<Live>((live, part) => this.flow(part, live, scope), out);
      case 'VariableDeclaration':
        if (node.kind === 'var') throw new Unsupported(lineOf(node), 'var: write let or const');
        return node.declarations.reduceRight<Live>((live, { id, init }) => {
          const before = union(without(live, id, scope), this.reads(id, scope, id));
          return init == null ? before : this.flow(init, before, scope);
        }, out);
      case 'AssignmentExpression':
        return this.assignment(node, out, scope);
      default:
        return (
          this.jump(node, out, scope) ??
          this.loop(node, out, scope) ??
          this.inOrder(node, evaluated(node), out, scope)
        );
    }
  }

  /**
   * Whatever is thrown in it, and wherever, goes on in its handler: what that reads is live at all of its
   * operations.
   */
  private try(node: TryBlock, out: Live, scope: Scope): Live {
    const { block, handler, finalizer } = node;
    let after = out;
    if (contains(node, isSite)) requireTry(node);
    if (finalizer != null) {
      const anywhere = this.targets.flatMap((target) => [target.breakOut, target.continueOut ?? NONE]);
      after = this.flow(finalizer, union(out, ...anywhere, ...this.handlers), scope);
      this.handlers.push(after);
    }
    let caught: Live = NONE;
    if (handler != null) {
      const within = this.scopes.within(handler, scope);
      const live = this.flow(handler.body, after, within);
      caught = handler.param == null ? live : without(live, handler.param, within);
      this.handlers.push(caught);
    }
    const live = this.flow(block, after, scope);
    if (handler != null) this.handlers.pop();
    if (finalizer != null) this.handlers.pop();
    return union(live, caught, finalizer == null ? NONE : after);
  }

  private block(node: AnyNode & { type: 'BlockStatement' }, out: Live, scope: Scope): Live {
    return node.body.reduceRight<Live>((after, statement) => this.flow(statement, after, scope), out);
  }

  private site(node: AnyNode & { type: 'YieldExpression' }, out: Live, scope: Scope): Live {
    if (!node.delegate || node.argument == null) throw new Unsupported(lineOf(node), 'a plain yield');
    const known = this.found.get(node)?.live ?? NONE;
    this.found.set(node, { live: union(known, out, ...this.handlers), scope, loops: [...this.loops] });
    return this.flow(node.argument, out, scope);
  }

  private assignment(node: AnyNode & { type: 'AssignmentExpression' }, out: Live, scope: Scope): Live {
    const { operator, right } = node;
    const left = withoutTypes(node.left as AnyNode);
    const isPattern = left.type !== 'MemberExpression';
    // The old value is fetched first, and kept while the right side runs, which `??=` may leave out.
    if (operator !== '=') {
      const old = isPattern ? union(out, this.reads(left, scope)) : out;
      const inOrder = (): Live => this.inOrder(node, [left, right], old, scope);
      return LOGICAL.has(operator) ? this.mayEnd(old, inOrder) : inOrder();
    }
    const after = isPattern ? union(without(out, left, scope), this.reads(left, scope, left)) : out;
    return isPattern ? this.flow(right, after, scope) : this.inOrder(node, [left, right], after, scope);
  }

  /** An expression whose rest may be left out, behind any of its parts. */
  private mayEnd(out: Live, flow: () => Live): Live {
    this.ends.push(out);
    const live = flow();
    this.ends.pop();
    return union(live, out);
  }

  /** Parts of `whole` that are evaluated one after the other, and kept until the last one is. */
  private inOrder(whole: AnyNode, parts: readonly AnyNode[], out: Live, scope: Scope): Live {
    let live = out;
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i];
      live = union(live, ...this.ends);
      if (contains(part, isSite)) live = union(live, this.keptBefore(whole, parts, i, scope));
      const own = this.kept.known(part);
      if (own !== null) live = minus(live, own);
      live = this.flow(part, live, scope);
    }
    return live;
  }

  /** What the parts before one with operations have come to, which is kept meanwhile. */
  private keptBefore(whole: AnyNode, parts: readonly AnyNode[], end: number, scope: Scope): Live {
    let live: Live = NONE;
    let isChanging = changesOnTheWay(parts[end]);
    for (let i = end - 1; i >= 0; i--) {
      const part = parts[i];
      const read = this.reads(part, scope);
      // A variable that nothing changes has the same value later; what is in an object may have changed.
      const isNamed =
        !isPlain(part, whole) ||
        doesSomething(part) ||
        (isChanging && !this.isFixed(receiver(part, whole) ?? part, scope)) ||
        this.isShared(part, read);
      live = union(live, isNamed ? new Set([this.kept.of(part, whole)]) : read);
      isChanging ||= doesSomething(part);
    }
    return live;
  }

  /**
   * Whether functions may give what it is computed of new values while it waits: a site reads those variables
   * anew, and would miss what was computed of the old ones. A function that reads such a variable is the same
   * one meanwhile.
   */
  private isShared(part: AnyNode, read: Live): boolean {
    return !isFunction(part) && [...read].some((binding) => this.changed.fromWithin.has(binding));
  }

  private reads(node: AnyNode, around: Scope, target: AnyNode | null = null): Live {
    return readsOf(this.scopes, node, around, target);
  }

  /** A method is looked up before its arguments; objects get no new methods, but variables new objects. */
  private isFixed(part: AnyNode, scope: Scope): boolean {
    if (isConstant(part) || part.type === 'ThisExpression' || part.type === 'Super') return true;
    if (part.type !== 'Identifier') return false;
    const binding = scope.resolve(part.name);
    return binding?.kind !== 'variable' || !this.changed.assigned.has(binding);
  }

  private jump(node: AnyNode, out: Live, scope: Scope): Live | null {
    switch (node.type) {
      case 'ReturnStatement':
        return node.argument == null ? NONE : this.flow(node.argument, NONE, scope);
      case 'ThrowStatement':
        return this.flow(node.argument, NONE, scope);
      case 'LabeledStatement': {
        const { name } = node.label;
        // A loop has it too, to be continued by.
        this.labels = LABELLED.has(node.body.type) ? [...this.labels, name] : [];
        this.targets.push({ labels: [name], breakOut: out, continueOut: null, isLabelled: true });
        const live = this.flow(node.body, out, scope);
        this.targets.pop();
        this.labels = [];
        return live;
      }
      case 'BreakStatement': {
        const label = node.label?.name;
        const target = this.targets.findLast((each) =>
          label === undefined ? !each.isLabelled : each.labels.includes(label),
        );
        return target?.breakOut ?? out;
      }
      case 'ContinueStatement': {
        const label = node.label?.name;
        const target = this.targets.findLast(
          (each) => each.continueOut !== null && (label === undefined || each.labels.includes(label)),
        );
        return target?.continueOut ?? out;
      }
      default:
        return null;
    }
  }

  private takeLabels(): string[] {
    const { labels } = this;
    this.labels = [];
    return labels;
  }

  private loop(node: AnyNode, out: Live, scope: Scope): Live | null {
    switch (node.type) {
      case 'WhileStatement':
      case 'ForStatement': {
        const isFor = node.type === 'ForStatement';
        const head = this.fixpoint((before) => {
          const update = isFor && node.update != null ? this.flow(node.update, before, scope) : before;
          const body = this.body(node.body, update, out, update, scope);
          return node.test == null ? body : this.flow(node.test, union(out, body), scope);
        });
        return isFor && node.init != null ? this.flow(node.init, head, scope) : head;
      }
      case 'DoWhileStatement':
        return this.fixpoint((before) => {
          const test = this.flow(node.test, union(out, before), scope);
          return this.body(node.body, test, out, test, scope);
        });
      case 'ForOfStatement':
      case 'ForInStatement':
        return this.each(node, out, scope);
      case 'SwitchStatement':
        return this.switch(node, out, scope);
      default:
        return null;
    }
  }

  /** A loop over what something holds: one over a list may have operations in it. */
  private each(node: EachLoop, out: Live, scope: Scope): Live {
    const isLong = contains(node.body, isSite);
    if (isLong) this.loops.push(requireListLoop(node));
    const target = targetOf(node);
    const head = this.fixpoint((before) => {
      const body = this.body(node.body, before, out, before, scope);
      return union(out, without(body, target, scope), this.reads(target, scope, target));
    });
    if (isLong) this.loops.pop();
    return this.flow(node.right, head, scope);
  }

  /** Labels belong to the loop as a whole, so each round of the analysis finds them again. */
  private fixpoint(round: (before: Live) => Live): Live {
    const labels = this.takeLabels();
    let live: Live = NONE;
    for (;;) {
      this.labels = labels;
      const next = union(live, round(live));
      if (next.size === live.size) break;
      live = next;
    }
    this.labels = [];
    return live;
  }

  private body(node: AnyNode, out: Live, breakOut: Live, continueOut: Live, scope: Scope): Live {
    this.targets.push({ labels: this.takeLabels(), breakOut, continueOut, isLabelled: false });
    const live = this.flow(node, out, scope);
    this.targets.pop();
    return live;
  }

  private switch(node: AnyNode & { type: 'SwitchStatement' }, out: Live, scope: Scope): Live {
    if (node.cases.some(({ test }) => test != null && contains(test, isSite)))
      throw new Unsupported(lineOf(node), 'an operation in a case');
    this.targets.push({ labels: [], breakOut: out, continueOut: null, isLabelled: false });
    let after = out;
    let whereNoneFits = out;
    let entered: Live = NONE;
    for (const { test, consequent } of node.cases.toReversed()) {
      after = consequent.reduceRight<Live>((live, statement) => this.flow(statement, live, scope), after);
      entered = union(entered, after);
      if (test == null) whereNoneFits = after;
      else entered = union(entered, this.reads(test, scope));
    }
    this.targets.pop();
    return this.flow(node.discriminant, union(entered, whereNoneFits), scope);
  }
}

function sitesIn(node: AnyNode): AnyNode[] {
  const inner = isFunction(node) ? [] : evaluated(node).flatMap(sitesIn);
  return isSite(node) ? [node, ...inner] : inner;
}
