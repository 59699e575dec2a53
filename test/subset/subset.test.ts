import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { Cpu } from '../../src/machine/cpu.js';
import { checkSubset, formatSubsetViolation, operationNames } from '../../src/subset/check-subset.js';
import type { SourceModule } from '../../src/subset/syntax.js';

/**
 * Every file of protocol code is in the subset. Protocol code is the generator functions of the kernel, the
 * backends, the rules and the machine's user access, and the plain functions that they call, wherever those
 * are; files of types, layouts and set-up have none and are not looked into.
 */

const root = new URL('../../', import.meta.url);

function sources(folder: string): SourceModule[] {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return names
    .map((name) => `${folder}${name}`)
    .sort()
    .map((path) => ({ path, text: readFileSync(fileURLToPath(new URL(path, root)), 'utf8') }));
}

const modules = [
  ...sources('src/machine/'),
  ...sources('src/kernel/'),
  ...sources('src/backends/'),
  ...sources('src/rules/'),
];
const isProtocol = (path: string): boolean =>
  /^src\/(kernel|backends|rules)\//.test(path) || path === 'src/machine/user-access.ts';

describe('the protocol code', () => {
  it('is in the subset', () => {
    const violations = checkSubset(modules, {
      operations: operationNames(Cpu),
      configuration: operationNames(KernelCpu),
      checked: isProtocol,
    });
    expect(violations.map(formatSubsetViolation)).toEqual([]);
  });

  it('and so are the programs that other tools are compared by, written as a user would', () => {
    const violations = checkSubset(sources('bench/peers/'), { operations: operationNames(Cpu) });
    expect(violations.map(formatSubsetViolation)).toEqual([]);
  });

  it('is what is looked at: a planted construct is found in every file that has a generator function', () => {
    const files = modules.filter(
      ({ path, text }) => isProtocol(path) && /^(?:export )?function\*/m.test(text),
    );
    expect(files.length).toBeGreaterThan(20);
    const planted = modules.map((module) => {
      if (!files.includes(module)) return module;
      const at = module.text.search(/^(?:export )?function\*/m);
      return {
        path: module.path,
        text:
          `${module.text.slice(0, at)}function* planted(cpu: Cpu): Protocol<void> {\n  yield ` +
          `1;\n}\n${module.text.slice(at)}`,
      };
    });
    const violations = checkSubset(planted, {
      operations: operationNames(Cpu),
      configuration: operationNames(KernelCpu),
      checked: isProtocol,
    });
    expect(violations.map(({ file, construct }) => `${file} ${construct}`).sort()).toEqual(
      files.map(({ path }) => `${path} plain yield`).sort(),
    );
  });

  it('knows the operations: the methods of Cpu that return one', () => {
    const text = readFileSync(fileURLToPath(new URL('src/machine/cpu.ts', root)), 'utf8');
    const declared = [...text.matchAll(/^ {2}(\w+)\([^)]*\): Op\b/gm)].map((match) => match[1]);
    expect([...operationNames(Cpu)].sort()).toEqual(declared.sort());
  });
});
