import { readFileSync } from 'node:fs';
import { CContext } from '../../../src/csource/runtime/c-context.js';
import { CWords } from '../../../src/csource/runtime/c-words.js';
import * as runtime from '../../../src/csource/runtime/index.js';
import { type Translation, translate } from '../../../src/csource/translate/translate.js';
import { readModule } from '../../../src/csource/wasm/module.js';
import { kernelLayout } from '../../../src/kernel/kernel-layout.js';
import { FakeCpu } from '../fake-cpu.js';

/** Translated C code that runs without a machine: its functions, and every operation that it does. */

const FIXTURE = new URL('../fixtures/small.wasm', import.meta.url);

export const fixture = (): Uint8Array => readFileSync(FIXTURE);

export function translateFixture(): Translation {
  return translate({
    module: readModule(fixture()),
    perCpu: new Set(['state']),
    condition: 'none',
    called: 'none',
  });
}

/** By C name: runs a function of the translation on a CPU, and answers what it answers. */
export type Run = (name: string, args: readonly number[], cpu?: FakeCpu) => number;

export function runnerOf(translation: Translation): { readonly run: Run; readonly cpu: FakeCpu } {
  const text = translation.functions
    .flatMap(({ lines }) => lines.map((line) => line.text))
    .concat(`return { ${translation.functions.map(({ jsName }) => jsName).join(', ')} };`)
    .join('\n');
  const functions = new Function('lab', 'callable', text)(runtime, translation.callable) as Record<
    string,
    (...args: unknown[]) => Generator<undefined, number, number>
  >;
  const layout = kernelLayout(FakeCpu.scenario, undefined, undefined, translation.own);
  const cpu = new FakeCpu(layout);
  const words = new CWords(translation.tables, layout, translation.callable);
  const context = new CContext(words, translation.stackBytes, 1);
  const run: Run = (name, args) => {
    const found = translation.functions.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no function ${name}`);
    return cpu.finish(functions[found.jsName](cpu, context, context.top('inc_mm_tlb_gen', 0), ...args));
  };
  return { run, cpu };
}
