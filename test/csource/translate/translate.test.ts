import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Untranslatable } from '../../../src/csource/translate/operands.js';
import { translate } from '../../../src/csource/translate/translate.js';
import { readModule } from '../../../src/csource/wasm/module.js';
import { FakeCpu } from '../fake-cpu.js';
import { fixture, runnerOf, translateFixture } from './run-translated.js';

/** The fixture as the engine of WebAssembly runs it: what its arithmetic means. */
function native(): Record<string, (...args: number[]) => number> {
  const nothing = () => 0;
  // Of Node; the project's own types of it are those of one module.
  const { Instance, Module } = WebAssembly as unknown as {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  };
  const instance = new Instance(new Module(new Uint8Array(fixture())), {
    lab: { smp_mb: nothing, this_cpu: nothing, inc_return: nothing },
    env: { nobody_has_it: nothing },
  });
  return instance.exports as Record<string, (...args: number[]) => number>;
}

const C = readFileSync(new URL('../fixtures/small.c', import.meta.url), 'utf8').split('\n');
const NUMBERS = [
  0, 1, -1, 2, 3, 7, 11, 12, 15, 33, 255, 256, 65535, 65536, -77, 1e6, 0x7ffffffe, -0x7fffffff,
];

describe('translated C code', () => {
  it.each(['inc_mm_tlb_gen', 'enter_lazy_tlb'])('%s answers what WebAssembly answers', (name) => {
    const { [`lab_${name}`]: wanted } = native();
    const { run, cpu } = runnerOf(translateFixture());
    for (const a of NUMBERS)
      for (const b of NUMBERS) expect([a, b, run(name, [a, b])]).toEqual([a, b, wanted(a, b)]);
    // Locals and the private stack are no operations.
    expect(cpu.done).toEqual([]);
  });

  it('does one operation for each access to a shared word, and names words that only C has', () => {
    const { run, cpu } = runnerOf(translateFixture());
    expect(run('switch_mm_irqs_off', [2])).toBe(1);
    expect(cpu.done).toEqual([
      'write_once cpu1.state.flag 1',
      'read_once cpu1.state.pairs[2].small',
      'smp_mb',
      'read_once counted',
      'write_once counted 1',
      'inc_return cpu1.state.pairs[2].id',
    ]);
  });

  it('runs to what nobody has, and says so only where it is reached', () => {
    const translation = translateFixture();
    expect(translation.missing).toMatchObject([{ name: 'nobody_has_it', by: 'leave_mm' }]);
    const { run } = runnerOf(translation);
    expect(run('leave_mm', [0])).toBe(0);
    expect(() => run('leave_mm', [1])).toThrow('calls nobody_has_it, which the lab does not have');
  });

  it('takes a variable that nobody stores to for what is in the code, and keeps the others as words', () => {
    const { tables, own } = translateFixture();
    expect(tables.variables.find(({ name }) => name === 'ceiling')?.word).toEqual({ of: 'constant' });
    expect(own.machine.map(({ name }) => name)).toEqual(['counted']);
    expect(own.perCpu.map(({ name }) => name)).toContain('state.pairs[1].half');
  });

  it('knows the line of C of every operation', () => {
    const made = translateFixture().functions.find(({ name }) => name === 'switch_mm_irqs_off');
    const operations = made?.lines.filter(({ text }) => text.includes('yield*')) ?? [];
    const source = operations.map(({ at }) => `${at?.file.split('/').at(-1)}:${at?.line}`);
    const wanted = C.flatMap((line, index) =>
      /^\t.*(?:MINE\(|smp_mb\(\);|counted = )/.test(line) ? [`small.c:${index + 1}`] : [],
    );
    expect(new Set(source)).toEqual(new Set(wanted));
  });

  it.each([
    ['i64.add', 0x7c, /^leave_mm has arithmetic of 64 bits/],
    ['i64.load', 0x29, /^leave_mm accesses 64 bits at once/],
    ['i64.store', 0x37, /^leave_mm accesses 64 bits at once/],
  ])('refuses %s by its function', (_, opcode, said) => {
    const bytes = new Uint8Array(fixture());
    const module = readModule(bytes);
    const { start } = module.functions.find(({ name }) => name === 'leave_mm') ?? { start: 0 };
    bytes[start] = opcode;
    const refused = () =>
      translate({ module, perCpu: new Set(['state']), condition: 'none', called: 'none' });
    expect(refused).toThrow(Untranslatable);
    expect(refused).toThrow(said);
  });
});

it('a CPU of the test does what it writes down', () => {
  expect(FakeCpu.scenario.cpus).toBeGreaterThan(1);
});
