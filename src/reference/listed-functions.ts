import { kernelFunctions } from '../kernel/functions.js';
import { isProtocolFunction } from '../machine/protocol-function.js';
import { cFunctionOf } from './c-files.js';
import { docOf, type SourceText, sourcesOf } from './sources.js';

/** A protocol function that a variant can replace, as `list functions` has it. */
export interface ListedFunction {
  /** Its name in `replace` and on `cpu.fn`. */
  readonly name: string;
  readonly summary: string;
  /** The C function that it is, or is part of; null for what is only here. */
  readonly c: string | null;
  /** The kernel's file of that one. */
  readonly file: string | null;
  /** What it may assume where it is called; null where its docstring says nothing. */
  readonly assumes: string | null;
  /** Functions that call it; `machine` for entry points. */
  readonly callers: readonly string[];
  readonly signature: string;
  /** `src/kernel/smp.ts:12`. */
  readonly source: string;
}

/** A docstring right before an exported generator function, its name, parameters, result and body. */
const DOC = String.raw`(\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?`;
const HEAD = String.raw`function\* (\w+)\(([^)]*)\): Protocol<([^>]+)> \{\n`;
const FUNCTION = new RegExp(String.raw`${DOC}export ${HEAD}([\s\S]*?\n)?\}\n`, 'g');
const CALL = /\bcpu\.fn\.(\w+)\(/g;
/** What the machine itself begins: a CPU's script, and the handler of the call-function interrupt. */
const ENTRIES: ReadonlySet<string> = new Set(['runScript', 'callFunctionInterrupt', 'kvmVcpuExit']);

/**
 * The functions of the kernel's table with what their docstrings and bodies say: read from the sources that
 * travel with the package, so that the list says what the code does.
 */
export function listedFunctions(): ListedFunction[] {
  const names = new Set(
    Object.entries(kernelFunctions).flatMap(([name, value]) => (isProtocolFunction(value) ? [name] : [])),
  );
  const sources = sourcesOf('kernel', 'backends', 'rules');
  const callers = callersIn(sources);
  return sources
    .filter(({ path }) => path.startsWith('src/kernel/'))
    .flatMap((source) => functionsOf(source).filter(({ name }) => names.has(name)))
    .map(({ name, comment, parameters, result, source }) => {
      const { text, tags } = docOf(comment);
      const isEntry = ENTRIES.has(name);
      const c = cFunctionOf(text);
      return {
        name,
        summary: text,
        c: c?.name ?? null,
        file: c?.file ?? null,
        assumes: tags.assumes ?? null,
        callers: [...(isEntry ? ['machine'] : []), ...(callers.get(name) ?? [])],
        signature: `${name}(${parameters}): ${result}`,
        source,
      };
    });
}

interface Found {
  readonly name: string;
  readonly comment: string;
  readonly parameters: string;
  readonly result: string;
  readonly body: string;
  readonly source: string;
}

function functionsOf({ path, text }: SourceText): Found[] {
  return [...text.matchAll(FUNCTION)].map((match) => {
    const [, comment = '', name, parameters, result, body = ''] = match;
    const line = text.slice(0, match.index + comment.length).split('\n').length;
    const shown = parameters.replace(/\s+/g, ' ').replace(/,\s*$/, '').trim().replace(/\b_/g, '');
    return {
      ...{ name, comment, result, body, source: `${path}:${line}` },
      parameters: shown.replace('cpu: KernelCpu', 'cpu'),
    };
  });
}

/** By name of a function of the table: who calls it, in the order of the sources. */
function callersIn(sources: readonly SourceText[]): Map<string, string[]> {
  const callers = new Map<string, string[]>();
  for (const { name, body } of sources.flatMap(everyFunction))
    for (const [, called] of body.matchAll(CALL)) {
      const known = callers.get(called) ?? [];
      if (!known.includes(name)) callers.set(called, [...known, name]);
    }
  return callers;
}

const ANY_FUNCTION = /function\* (\w+)\([^)]*\): Protocol<[^>]+> \{\n([\s\S]*?\n)?\}\n/g;

/** Those of backends and rules are not all exported. */
function everyFunction({ text }: SourceText): { readonly name: string; readonly body: string }[] {
  return [...text.matchAll(ANY_FUNCTION)].map(([, name, body = '']) => ({ name, body }));
}
