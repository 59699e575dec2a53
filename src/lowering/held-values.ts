import type { Insert } from '../bundle/cover.js';
import { type AnyNode, boundNames, lineOf } from './syntax.js';

/**
 * What a module holds at its end, told so that nobody changes it while executions are explored
 * (module-state.ts).
 *
 *     export const sizes = [1, 2];
 *     export default { next() { ... } };
 *
 *     export const sizes = [1, 2];
 *     export default shootdownFrames.modules.hold([({ next() { ... } })],"a.ts",[1])[0];
 *     shootdownFrames.modules.hold([sizes],"a.ts",[1]);
 *
 * `isUsers`: its functions and classes too, which may hold something in turn.
 */
export function holdInserts(program: AnyNode, end: number, file: string, isUsers: boolean): Insert[] {
  const statements = program.type === 'Program' ? (program.body as AnyNode[]) : [];
  const names = statements.flatMap((statement) => namesOf(statement, isUsers));
  const inserts: Insert[] = isUsers ? statements.flatMap((each) => defaultInserts(each, file)) : [];
  if (names.length === 0) return inserts;
  const where = isUsers ? `,${JSON.stringify(file)},[${names.map(([, line]) => line).join(',')}]` : '';
  const values = names.map(([name]) => name).join(',');
  return [...inserts, [end, `\nshootdownFrames.modules.hold([${values}]${where});`]];
}

type Named = readonly [name: string, line: number];

function namesOf(statement: AnyNode, isUsers: boolean): Named[] {
  if (statement.type === 'ImportDeclaration') {
    const isData = isUsers && /\.json$/.test(String(statement.source.value));
    return isData ? statement.specifiers.map(({ local }): Named => [local.name, lineOf(statement)]) : [];
  }
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
  const declaration = isExport ? (statement.declaration as AnyNode | null) : statement;
  if (declaration == null || (declaration as { declare?: boolean }).declare === true) return [];
  // Of a namespace there may be types alone.
  if (/^TS(?:Enum|Module)Declaration$/.test(declaration.type)) {
    const { id } = declaration as unknown as { readonly id: AnyNode };
    if (id.type !== 'Identifier') return [];
    return [[`typeof ${id.name}==='undefined'?0:${id.name}`, lineOf(declaration)]];
  }
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) =>
      boundNames(id).map((name): Named => [name, lineOf(id)]),
    );
  const isNamed = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration';
  return isUsers && isNamed && declaration.id != null ? [[declaration.id.name, lineOf(declaration)]] : [];
}

function defaultInserts(statement: AnyNode, file: string): Insert[] {
  if (statement.type !== 'ExportDefaultDeclaration') return [];
  const { declaration } = statement;
  if (/Declaration$/.test(declaration.type)) return [];
  return [
    [declaration.start, 'shootdownFrames.modules.hold([('],
    [declaration.end, `)],${JSON.stringify(file)},[${lineOf(declaration)}])[0]`, declaration.start],
  ];
}
