import { describe, expect, it } from 'vitest';
import { kernelFunctions } from '../../src/kernel/functions.js';
import { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { isProtocolFunction } from '../../src/machine/protocol-function.js';
import { listedFunctions } from '../../src/reference/listed-functions.js';
import { listedOperations } from '../../src/reference/listed-operations.js';
import { docOf } from '../../src/reference/sources.js';
import { operationNames } from '../../src/subset/check-subset.js';

const names = Object.keys(kernelFunctions).filter((name) =>
  isProtocolFunction(kernelFunctions[name as keyof typeof kernelFunctions]),
);
const functions = listedFunctions();

describe('the list of functions', () => {
  it('has every function of the table, once', () => {
    expect(functions.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('says of each what it is, who calls it and where it stands', () => {
    expect(functions.filter(({ summary }) => summary.length <= 5).map(({ name }) => name)).toEqual([]);
    // A function that nobody calls could be replaced without any effect.
    expect(functions.filter(({ callers }) => callers.length === 0).map(({ name }) => name)).toEqual([]);
    for (const { source, signature } of functions) {
      expect(source).toMatch(/^src\/kernel\/[\w/-]+\.ts:\d+$/);
      expect(signature).toMatch(/^\w+\(cpu(, \w+\??: [^,]+)*\): \w+/);
    }
  });

  it('has what the docstring, the table and the callers of one say', () => {
    expect(functions.find(({ name }) => name === 'isPartialFlush')).toMatchObject({
      signature: 'isPartialFlush(cpu, newTlbGen: number, localTlbGen: number, mmTlbGen: number): boolean',
      assumes: 'the request names a range; the slot is behind the mm',
      callers: ['flushTlbFunc'],
    });
    expect(functions.find(({ name }) => name === 'flushTlbFunc')).toMatchObject({
      c: 'flush_tlb_func',
      file: 'arch/x86/mm/tlb.c',
      callers: ['flushHere', 'runCsd', 'nativeFlushTlbOthers'],
    });
  });

  it('says of what is part of a C function which, and its file', () => {
    const named = (name: string) => functions.find((one) => one.name === name);
    expect(named('waitForCsds')).toMatchObject({ c: 'smp_call_function_many_cond', file: 'kernel/smp.c' });
    expect(named('flushTlbMm')).toMatchObject({
      c: 'flush_tlb_mm',
      file: 'arch/x86/include/asm/tlbflush.h',
    });
    expect(named('publishSwitching')).toMatchObject({ c: 'switch_mm_irqs_off', file: 'arch/x86/mm/tlb.c' });
    expect(named('mmput')).toMatchObject({ c: 'mmput', file: 'kernel/fork.c' });
    // What rules, hosts and scripts are made of has no C function; of the protocol itself all has.
    const unnamed = functions.filter(
      ({ c, source }) => c === null && /flush-|switch-mm|smp\.ts/.test(source),
    );
    expect(unnamed.filter(({ source }) => !source.includes('remote-flush')).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('says of the flush, the switch and the IPI engine what they may assume', () => {
    const silent = functions.filter(
      ({ assumes, source }) => assumes === null && /flush-|switch-mm|smp\.ts|slots/.test(source),
    );
    expect(silent.map(({ name }) => name)).toEqual(['shouldTrimCpumask']);
  });
});

describe('the list of operations', () => {
  const operations = listedOperations();

  it('has every operation of the CPU, with a sentence', () => {
    const known = operationNames(Object.getPrototypeOf(KernelCpu) as typeof KernelCpu);
    expect(operations.map(({ name }) => name).sort()).toEqual([...known].sort());
    expect(operations.filter(({ summary }) => summary.length <= 5).map(({ name }) => name)).toEqual([]);
  });

  it('has the orderings that the machine executes', () => {
    const ordering = (name: string) => operations.find((one) => one.name === name)?.ordering;
    expect(ordering('writeOnce')).toBe('buffered');
    expect(ordering('xchg')).toBe('drains');
    expect(ordering('readOnce')).toBe('load');
    expect(ordering('smpWmb')).toBe('none');
    expect(operations.find(({ name }) => name === 'cmpxchgPair')?.c).toBe('cmpxchg16b');
  });
});

it('a docstring is its text in one line, and its tags', () => {
  expect(docOf('/**\n * One\n * two.\n *\n * Three.\n *\n * @assumes nothing.\n */')).toEqual({
    text: 'One two. Three.',
    tags: { assumes: 'nothing' },
  });
});
