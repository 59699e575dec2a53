import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/**
 * The kernel's CPU extends one of two classes: the explorer's, whose types are checked, or that of threads,
 * which takes its place when workers are bundled. A field that both declare is one word with two meanings.
 */

const source = (path: string): string =>
  readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8').replace(/\/\*.*?\*\//gs, '');

function fieldsOf(path: string): string[] {
  const field = /^ {2}(?:(?:private|protected|readonly|declare) )*(\w+)(?:!?:| =) /gm;
  return [...source(path).matchAll(field)].map(([, name]) => name);
}

it('the kernel gives its CPU no field that a CPU on threads has already', () => {
  const kernels = fieldsOf('kernel/kernel-cpu.ts');
  expect(kernels).toContain('vcpu');
  const threads = ['interruptible', 'memory', 'paging', 'checked'].flatMap((part) =>
    fieldsOf(`machine/stripped/${part}-cpu.ts`),
  );
  expect(threads).toContain('invalidations');
  expect(kernels.filter((name) => threads.includes(name))).toEqual([]);
});
