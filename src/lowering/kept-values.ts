import type { Insert } from '../bundle/cover.js';
import type { Binding, Scope } from './scopes.js';
import {
  type AnyNode,
  contains,
  evaluated,
  isFunction,
  isSite,
  lineOf,
  mayChange,
  Unsupported,
  withoutTypes,
} from './syntax.js';

/**
 * Values that an expression has worked out when it comes to an operation in it, and that nobody can look
 * into: each gets a name, so that it belongs to where the script stands.
 *
 *     return (yield* cpu.readOnce(x)) + (yield* cpu.readOnce(y));
 *     return (shootdownKept0=(yield* cpu.readOnce(x))) + (yield* cpu.readOnce(y));
 */

/** Kinds of nodes that stand for a value wherever they stand. */
const VALUES: ReadonlySet<string> = new Set([
  'Identifier',
  'ThisExpression',
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'YieldExpression',
  'BinaryExpression',
  'LogicalExpression',
  'ConditionalExpression',
  'UnaryExpression',
  'UpdateExpression',
  'AssignmentExpression',
  'CallExpression',
  'NewExpression',
  'MemberExpression',
  'ArrayExpression',
  'ObjectExpression',
  'TemplateLiteral',
  'SequenceExpression',
  'ChainExpression',
  'TaggedTemplateExpression',
  'ClassExpression',
  'MetaProperty',
]);

export class KeptValues {
  private readonly names = new Map<AnyNode, Binding>();
  /** What is spread is taken apart before the operation. */
  private readonly copied = new Map<AnyNode, '[]' | '{}'>();

  /** `scope`: the function's own. */
  constructor(private readonly scope: Scope) {}

  /**
   * The name of what a part of `whole` comes to. Throws Unsupported for a part that is no value: what is
   * called, with what it is called on, and what is assigned to.
   */
  of(part: AnyNode, whole: AnyNode): Binding {
    const value = givenIn(part);
    if (isCompound(whole))
      throw new Unsupported(
        lineOf(part),
        'an operation beside an old value, which may change meanwhile (x += yield* ...): name its result',
      );
    if (isAssignedTo(part, whole) || receiver(part, whole) !== null || !VALUES.has(value.type))
      throw new Unsupported(
        lineOf(part),
        'two operations in one expression, or a call or an assignment beside one: give the first a name',
      );
    let name = this.names.get(value);
    if (name === undefined) {
      name = {
        name: `shootdownKept${this.names.size}`,
        kind: 'variable',
        scope: this.scope,
        node: null,
        from: 0,
      };
      this.scope.add(name);
      this.names.set(value, name);
      if (part.type === 'SpreadElement')
        this.copied.set(value, whole.type === 'ObjectExpression' ? '{}' : '[]');
    }
    return name;
  }

  /** Null for what needs no name. */
  known(part: AnyNode): Binding | null {
    return this.names.get(givenIn(part)) ?? null;
  }

  /** `begin`: where the function's body does. */
  inserts(begin: number): Insert[] {
    if (this.names.size === 0) return [];
    const names = [...this.names.values()].map(({ name }) => name);
    return [
      [begin, `let ${names.join(',')};`],
      ...[...this.names].flatMap(([node, { name }]): Insert[] => {
        const { start, end } = node;
        const [open, close] = this.copied.get(node) ?? ['', ''];
        return [
          [start, `(${name}=${open}${open && '...'}(`],
          [end, `)${close})`, start],
        ];
      }),
    ];
  }
}

/** What a method that is called in `whole` is a member of; null where `part` is no such method. */
export function receiver(part: AnyNode, whole: AnyNode): AnyNode | null {
  const isCalled =
    (whole.type === 'CallExpression' && whole.callee === part) ||
    (whole.type === 'TaggedTemplateExpression' && whole.tag === part);
  const called = withoutTypes(part);
  return isCalled && called.type === 'MemberExpression' ? called.object : null;
}

/** Whether it is a variable, or a function or constant that is written there: no more than what it names. */
export function isPlain(part: AnyNode, whole: AnyNode): boolean {
  if (part.type === 'SpreadElement') return false;
  const target = withoutTypes(part);
  if (isAssignedTo(part, whole) && target.type === 'MemberExpression')
    return isCompound(whole) ? false : isName(target.object) && (!target.computed || isName(target.property));
  return isName(givenIn(receiver(part, whole) ?? part));
}

const isAssignedTo = (part: AnyNode, whole: AnyNode): boolean =>
  whole.type === 'AssignmentExpression' && whole.left === part;
const isCompound = (whole: AnyNode): boolean =>
  whole.type === 'AssignmentExpression' && whole.operator !== '=';

function isName(part: AnyNode): boolean {
  const given = withoutTypes(part.type === 'Property' ? part.value : part);
  return isConstant(given) || isFunction(given) || PLAIN.has(given.type);
}

const PLAIN: ReadonlySet<string> = new Set(['Identifier', 'ThisExpression', 'Super']);

/** Whether it is more than what is written there: it may do something, and does it once. */
export function doesSomething(part: AnyNode): boolean {
  return contains(part, isSite) || contains(part, mayChange);
}

/** Whether something is changed on the way to its operations, as far as the text tells. */
export function changesOnTheWay(part: AnyNode): boolean {
  const visit = (node: AnyNode, isOperation: boolean): boolean => {
    if (isFunction(node)) return false;
    if (mayChange(node) && !isOperation) return true;
    return evaluated(node).some((child) => visit(child, node.type === 'YieldExpression'));
  };
  return visit(part, false);
}

/** What is the same whatever happens. */
export function isConstant({ type }: AnyNode): boolean {
  return type === 'Literal' || type === 'TemplateElement';
}

/** Of a member of an object or a list that is written out: what it is given. */
function givenIn(part: AnyNode): AnyNode {
  if (part.type === 'Property' && !part.computed && !part.method && !part.shorthand) return part.value;
  return part.type === 'SpreadElement' ? part.argument : part;
}
