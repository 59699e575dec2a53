import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modulesElsewhere, projectOf } from '../../src/modules/project.js';
import { ModuleFolder } from './write-module.js';

const folder = new ModuleFolder();
afterAll(() => folder.remove());

function at(...parts: string[]): string {
  const path = join(folder.path, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '{}');
  return path;
}

describe('the project of a file', () => {
  it('is the nearest directory that says so, and for a package the one that it is installed in', () => {
    at('a', 'package.json');
    expect(projectOf(at('a', 'deep', 'down', 'x.ts'))).toBe(join(folder.path, 'a'));
    at('a', 'node_modules', 'p', 'package.json');
    expect(projectOf(at('a', 'node_modules', 'p', 'x.ts'))).toBe(join(folder.path, 'a'));
    expect(projectOf(at('b', 'x.ts'))).toBe(join(folder.path, 'b'));
    // Neither the root nor where everybody's temporary files are holds a project of all that lies there.
    expect(projectOf('/x.ts')).toBeNull();
    expect(projectOf('/tmp/x.ts')).toBeNull();
  });

  it('is not that of a finding that lies elsewhere, also behind a link', () => {
    at('c', 'package.json');
    const module = at('c', 'models', 'x.ts');
    const inside = at('c', 'findings', 'f.json');
    const outside = at('downloads', 'f.json');
    const linked = join(folder.path, 'c', 'findings', 'linked.json');
    symlinkSync(outside, linked);
    expect(modulesElsewhere(inside, [module])).toEqual([]);
    expect(modulesElsewhere(outside, [module])).toEqual([module]);
    expect(modulesElsewhere(linked, [module])).toEqual([module]);
    expect(modulesElsewhere(at('c-2', 'f.json'), [module])).toEqual([module]);
    expect(modulesElsewhere(outside, [join(folder.path, 'nowhere.ts')])).toEqual([]);
  });
});
