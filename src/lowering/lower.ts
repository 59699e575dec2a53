import { type Insert, withInserts } from '../bundle/cover.js';
import { parserFor } from '../subset/syntax.js';
import { type Assigned, assignedBindings, closureInserts } from './closures.js';
import { holdInserts } from './held-values.js';
import { type ListLoop, loopInserts, loopNames } from './list-loops.js';
import { liveSites, type Site } from './liveness.js';
import { outsideInserts } from './outside-state.js';
import { isPrivate, isPrivateOfClass } from './private-fields.js';
import { type Scope, Scopes } from './scopes.js';
import { SharedScopes } from './shared-scopes.js';
import { strictInserts } from './strict.js';
import { type AnyNode, evaluated, type FunctionNode, isFunction, lineOf, Unsupported } from './syntax.js';
import { caughtInserts } from './try-blocks.js';

/**
 * The third translation of protocol code, beside "as is" and "stripped": generators that say, at each
 * `yield*`, where they stand and what of their variables is still read. By that a local state is known,
 * although nobody can look into a generator or copy it.
 *
 *     function* f(cpu, a) { const x = yield* cpu.readOnce(a); return x + 1; }
 *     function* f(cpu, a) { const shootdownDepth = ...; const x = yield* shootdownAt((cpu.readOnce(a)),
 *     shootdownDepth, 7, []); return x + 1; }
 *
 * Text is inserted within lines, so that lines stay what they are. The code itself stays the code that hunts
 * execute.
 */

/** What a function that is not seen through begins with; it can still be hunted. */
export interface Refused {
  readonly line: number;
  readonly what: string;
}

/**
 * `file`: as messages name it. `runtime`: the module that has `frames`, to be imported from. `number` gives
 * each site its own. `isUsers`: not one of ours, which keep nothing. A module that does not parse is told
 * so.
 */
export function lowerModule(
  source: string,
  file: string,
  isTypeScript: boolean,
  runtime: string,
  number: () => number,
  isUsers = true,
): string {
  let program: AnyNode;
  try {
    const options = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const;
    program = parserFor(isTypeScript).parse(source, options);
  } catch {
    if (!isUsers) return source;
    const told = `shootdownFrames.modules.unread(${JSON.stringify(file)});`;
    return `import{frames as shootdownFrames}from${JSON.stringify(runtime)};${told}${source}`;
  }
  const scopes = new Scopes(program);
  const changed = assignedBindings(program, scopes);
  const shared = new SharedScopes(program, scopes, changed, number);
  const inserts: Insert[] = [];
  const places: [site: number, line: number][] = [];
  const visit = (node: AnyNode, around: Scope): void => {
    if (isFunction(node) && node.generator === true)
      inserts.push(...generator(node, scopes, around, { source, file, number, places, changed, shared }));
    if (node.type === 'CatchClause') inserts.push(...caughtInserts(node, file));
    if (node.type === 'ClassBody') {
      const place = `${JSON.stringify(file)},${lineOf(node)}`;
      const veil =
        (isPrivate(node.body) ? `shootdownFrames.veil(this.prototype,${place});` : '') +
        (isPrivateOfClass(node) ? `shootdownFrames.veil(this,${place});` : '');
      const claim = isUsers ? 'shootdownFrames.modules.claim(this);' : '';
      if (veil + claim !== '') inserts.push([node.start + 1, `static{${veil}${claim}}`]);
    }
    const scope = scopes.within(node, around);
    for (const child of isFunction(node) ? [...node.params, node.body] : evaluated(node))
      visit(child as AnyNode, scope);
  };
  visit(program, scopes.top);
  if (isUsers)
    inserts.push(...outsideInserts(program, scopes, file, number), ...strictInserts(program, scopes, file));
  const held = holdInserts(program, source.length, file, isUsers);
  if (inserts.length === 0 && (!isUsers || held.length === 0)) return source;
  inserts.push(...closureInserts(program, scopes, changed, shared, file, number), ...held);
  inserts.push(...shared.inserts());
  if (places.length > 0)
    inserts.push([0, `shootdownFrames.stand(${JSON.stringify(file)},${JSON.stringify(places)});`]);
  return withInserts(source, [
    [0, `import{frames as shootdownFrames}from${JSON.stringify(runtime)};`],
    ...inserts,
  ]);
}

/** The module that a function stands in. */
interface Within {
  readonly source: string;
  readonly file: string;
  readonly number: () => number;
  /** Is given each site's line. */
  readonly places: [site: number, line: number][];
  readonly changed: Assigned;
  readonly shared: SharedScopes;
}

function generator(
  func: FunctionNode,
  scopes: Scopes,
  around: Scope,
  { source, file, number, places, changed, shared }: Within,
): Insert[] {
  const begin = func.body.start + 1;
  try {
    const { sites, kept } = liveSites(func, scopes, around, changed, shared);
    const loops = new Map<ListLoop, number>();
    for (const loop of sites.flatMap((site) => site.loops)) if (!loops.has(loop)) loops.set(loop, number());
    return [
      [begin, `const shootdownDepth=shootdownFrames.begun(${JSON.stringify(file)},${lineOf(func)});`],
      ...sites.flatMap((site) => {
        const own = number();
        places.push([own, lineOf(site.node)]);
        return told(site, own, loops);
      }),
      ...kept.inserts(begin),
      ...[...loops].flatMap(([loop, own]) => loopInserts(loop, source, file, own)),
    ];
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return [
      [
        begin,
        `shootdownFrames.refuse(${JSON.stringify(error.message)},${JSON.stringify(file)},${error.line});`,
      ],
    ];
  }
}

/** `loops`: their numbers. */
function told({ node, live, loops: around }: Site, number: number, loops: Map<ListLoop, number>): Insert[] {
  const argument = node.argument as AnyNode;
  const names = [...live, ...around.flatMap((loop) => loopNames(loops.get(loop) as number))];
  return [
    [argument.start, 'shootdownFrames.at(('],
    [argument.end, `),shootdownDepth,${number},[${names.join(',')}])`, argument.start],
  ];
}
