import { findCompiler } from '../../src/csource/clang.js';
import { compile } from '../../src/csource/compile.js';
import { translate } from '../../src/csource/translate/translate.js';
import { type CFile, readTree } from '../../src/csource/tree.js';
import { unitOf } from '../../src/csource/unit.js';
import { readModule } from '../../src/csource/wasm/module.js';
import type { FakeCpu } from './fake-cpu.js';
import { type Run, runnerOf } from './translate/run-translated.js';

/** Lines of C, each a function of its own behind the tree's text, and what each does to the machine. */

export type Row = readonly [c: string, done: readonly string[], answer?: number];

/** In which tree the rows are compiled. */
export interface RowTree {
  readonly root: string;
  readonly cFiles: readonly CFile[];
  /** Parameters of every row. */
  readonly parameters: string;
  /** The same, as arguments. */
  readonly passed: string;
  /** C in front of the rows. */
  readonly before: readonly string[];
}

/** Compiles in `folder`, an empty directory. */
export async function compileRows(
  rows: readonly Row[],
  { root, cFiles, parameters, passed, before }: RowTree,
  folder: string,
): Promise<{ readonly run: Run; readonly begin: () => FakeCpu }> {
  const tree = readTree(root, cFiles);
  const functions = rows.map(
    ([c], index) =>
      `__attribute__((noinline)) u32 row_${index}(${parameters}) { u32 result = 0; ${c} return result; }`,
  );
  const calls = rows.map((_, index) => `case ${index}: return row_${index}(${passed});`).join(' ');
  const unit = unitOf(tree);
  const text = [
    unit.text
      .replace('#include <lab/entries.h>', 'DEFINE_PER_CPU(struct tlb_state, cpu_tlbstate);')
      .replace('#include <lab/smp-entries.h>', ''),
    '__attribute__((used)) static void keep(u32 address) { lab_invlpg(address); }',
    ...before,
    ...functions,
    `u32 __attribute__((export_name("lab_inc_mm_tlb_gen"))) rows(int which, ${parameters})`,
    `{ switch (which) { ${calls} } return 0; }`,
  ].join('\n');
  const { wasm, perCpu } = await compile(
    tree,
    { ...unit, text },
    { config: [], optimisation: 0 },
    await findCompiler(),
    folder,
  );
  const translation = translate({
    module: readModule(wasm),
    perCpu,
    condition: unit.condition,
    called: unit.called,
  });
  const { run, cpu } = runnerOf(translation);
  return { run, begin: () => atStart(cpu) };
}

/** CPU 1 runs mm 3 in slot 2, and nothing has been done. */
function atStart(cpu: FakeCpu): FakeCpu {
  cpu.done.length = 0;
  cpu.mem.fill(0);
  const { tlbstate } = cpu.layout.cpus[1];
  for (const [word, value] of [
    [cpu.mms[3].ctxId, 5],
    [cpu.mms[3].tlbGen, 7],
    [cpu.mms[3].cpumask, 2],
    [cpu.mms[3].pgd, 4],
    [tlbstate.loadedMm, 3],
    [tlbstate.loadedMmAsid, 2],
  ])
    cpu.mem[word] = value;
  cpu.registers({ root: 6, pcid: 2, interrupts: 1 });
  return cpu;
}
