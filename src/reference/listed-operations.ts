import { Cpu } from '../machine/cpu.js';
import * as K from '../machine/op-kinds.js';
import { DRAINS } from '../machine/operations/index.js';
import { operationNames } from '../subset/check-subset.js';
import { docOf, sourcesOf } from './sources.js';

/** An operation of the simulated machine, as `list operations` has it. */
export interface ListedOperation {
  /** The method of the CPU: `yield* cpu.NAME(...)`. */
  readonly name: string;
  readonly summary: string;
  readonly signature: string;
  /** What the kernel writes, or the instruction; null for what is no instruction of it. */
  readonly c: string | null;
  readonly ordering: Ordering;
}

/**
 * `drains`: executed once the CPU's stores are visible to all, so a full barrier; `buffered`: a store that
 * waits in the store buffer; `load`: sees the CPU's own waiting store first; `none`: no step, nobody comes in
 * between; `plain`: a step, in order, that drains nothing.
 */
export type Ordering = 'drains' | 'buffered' | 'load' | 'plain' | 'none';

const METHOD = /( {2}\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)? {2}(\w+)\(([^)]*)\): Op \{\n([\s\S]*?)\n {2}\}\n/g;
const KIND = /K\.(OP_\w+)/;
const BUFFERED: ReadonlySet<number> = new Set([
  K.OP_WRITE_ONCE,
  K.OP_STORE_RELEASE,
  K.OP_SPIN_UNLOCK,
  K.OP_SET_PTE,
]);
const LOADS: ReadonlySet<number> = new Set([K.OP_READ_ONCE, K.OP_LOAD_ACQUIRE, K.OP_COND_LOAD_ACQUIRE]);
const C_NAME = /`(\w+)`/;

/** The operations with what their docstrings say, in the order of the package's sources. */
export function listedOperations(): ListedOperation[] {
  const [{ text }] = sourcesOf('machine').filter(({ path }) => path === 'src/machine/cpu.ts');
  const kinds: Readonly<Record<string, unknown>> = { ...K };
  const operations = operationNames(Cpu);
  return [...text.matchAll(METHOD)]
    .filter(([, , name]) => operations.has(name))
    .map(([, comment = '', name, parameters, body]) => {
      const kind = kinds[KIND.exec(body)?.[1] ?? ''];
      const doc = docOf(comment.trim()).text;
      const shown = parameters.replace(/\s+/g, ' ').replace(/,\s*$/, '').trim();
      const counterpart = typeof kind === 'number' ? K.opName(kind) : (C_NAME.exec(doc)?.[1] ?? null);
      return {
        ...{ name, summary: doc, signature: `${name}(${shown})`, c: counterpart },
        ordering: typeof kind === 'number' ? orderingOf(kind) : 'none',
      };
    });
}

function orderingOf(kind: number): Ordering {
  if (DRAINS[kind] === 1) return 'drains';
  if (BUFFERED.has(kind)) return 'buffered';
  return LOADS.has(kind) ? 'load' : 'plain';
}
