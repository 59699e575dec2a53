import { childrenOf, type Node } from './loose-tree.js';

/**
 * Which lines and branches of a user's module run. In bundles that are explored, statements and branches of
 * its functions set a byte each; `sites` says what each byte stands for. Text is inserted within lines, so
 * that lines stay what they are.
 */

export interface CodeSite {
  readonly line: number;
  /** A branch's way that the code went, in words; null: a statement. */
  readonly branch: string | null;
  /** Index of the outermost function around it. */
  readonly func: number;
}

export interface CodeFunction {
  readonly name: string;
  readonly line: number;
  /** Names that its text mentions: functions that it may call. */
  readonly mentions: readonly string[];
}

export interface CoveredFile {
  /** As messages name it. */
  readonly file: string;
  readonly sites: readonly CodeSite[];
  readonly functions: readonly CodeFunction[];
}

/**
 * The first lines of a bundle with such code. While the base is asked beside a variant nothing counts as run.
 */
export const COVER_BANNER = `var shootdownOn = 1;
globalThis.shootdownCovered = new Map();
globalThis.shootdownMute = (muted) => { shootdownOn = muted ? 0 : 1; };
function shootdownCover(file, sites) {
  const ran = new Uint8Array(sites);
  globalThis.shootdownCovered.set(file, ran);
  return ran;
}`;

/** Text to be inserted; `from`: where what it closes begins, if it closes something. */
export type Insert = readonly [at: number, text: string, from?: number];

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const NO_STATEMENT = new Set(['FunctionDeclaration', 'EmptyStatement', 'ClassDeclaration']);

/** Notes the sites of a module's syntax tree, and what is to be inserted for them. */
export class Cover {
  readonly inserts: Insert[] = [];
  private readonly sites: CodeSite[] = [];
  private readonly functions: (CodeFunction & { readonly mentions: string[] })[] = [];
  private func = -1;

  constructor(private readonly file: string) {}

  /** Sites of a whole module. */
  module(program: Node): CoveredFile {
    this.visit(program, null);
    return { file: this.file, sites: this.sites, functions: this.functions };
  }

  private ran(node: Node, branch: string | null): string {
    this.sites.push({ line: node.loc.start.line, branch, func: this.func });
    return `shootdownRan[${this.sites.length - 1}]|=shootdownOn`;
  }

  private visit(node: Node, parent: Node | null): void {
    const isOutermost = this.func < 0 && FUNCTIONS.has(node.type);
    if (isOutermost) {
      this.func = this.functions.length;
      this.functions.push({ name: nameOf(node, parent), line: node.loc.start.line, mentions: [] });
    }
    if (node.type === 'Identifier' && this.func >= 0)
      this.functions[this.func].mentions.push(node.name as string);
    if (this.func < 0) this.children(node);
    else if (node.type === 'IfStatement') this.ifStatement(node);
    else if (node.type === 'ConditionalExpression') {
      this.visit(node.test as Node, node);
      this.expression(node.consequent as Node, node, node, '?: true');
      this.expression(node.alternate as Node, node, node, '?: false');
    } else if (node.type === 'LogicalExpression') {
      this.visit(node.left as Node, node);
      this.expression(node.right as Node, node, node, `right of ${String(node.operator)}`);
    } else if (node.type === 'BlockStatement') this.statements(node.body as Node[], node);
    else if (node.type === 'SwitchCase') {
      if (node.test !== null) this.visit(node.test as Node, node);
      this.statements(node.consequent as Node[], node);
    } else this.children(node);
    if (isOutermost) this.func = -1;
  }

  private children(node: Node): void {
    for (const child of childrenOf(node)) this.visit(child, node);
  }

  private statements(list: readonly Node[], parent: Node): void {
    for (const statement of list) {
      const isMarked =
        !NO_STATEMENT.has(statement.type) &&
        !statement.type.startsWith('TS') &&
        statement.directive === undefined;
      if (isMarked) this.inserts.push([statement.start, `${this.ran(statement, null)};`]);
      this.visit(statement, parent);
    }
  }

  private ifStatement(node: Node): void {
    this.visit(node.test as Node, node);
    this.way(node.consequent as Node, node, 'if true');
    const alternate = node.alternate as Node | null;
    if (alternate !== null) this.way(alternate, node, 'if false');
    else this.inserts.push([node.end, ` else{${this.ran(node, 'if false')}}`, node.start]);
  }

  private way(body: Node, node: Node, branch: string): void {
    if (body.type === 'BlockStatement') {
      this.inserts.push([body.start + 1, `${this.ran(node, branch)};`]);
      this.visit(body, node);
      return;
    }
    this.inserts.push([body.start, `{${this.ran(node, branch)};`]);
    this.statements([body], node);
    this.inserts.push([body.end, '}', body.start - 0.5]);
  }

  private expression(value: Node, parent: Node, node: Node, branch: string): void {
    this.inserts.push([value.start, `(${this.ran(node, branch)},(`]);
    this.visit(value, parent);
    this.inserts.push([value.end, '))', value.start]);
  }
}

function nameOf(node: Node, parent: Node | null): string {
  const named = (node.id ??
    (parent?.type === 'VariableDeclarator' ? parent.id : (parent?.key ?? null))) as Node | null;
  return typeof named?.name === 'string' ? named.name : 'a function';
}

/**
 * At one place what closes comes first, the inner before the outer; then what opens, in the order in which it
 * is given.
 */
function byPlace(one: Insert, other: Insert): number {
  return one[0] - other[0] || (other[2] ?? -1) - (one[2] ?? -1);
}

/** The text with the inserts. */
export function withInserts(source: string, inserts: readonly Insert[]): string {
  let text = '';
  let from = 0;
  for (const [at, insert] of [...inserts].sort(byPlace)) {
    text += source.slice(from, at) + insert;
    from = at;
  }
  return text + source.slice(from);
}
