import { afterAll, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import { loadConfig } from '../../src/config/load-config.js';
import * as api from '../../src/index.js';
import { ModuleFolder } from '../modules/write-module.js';

const folder = new ModuleFolder();
afterAll(() => folder.remove());

// What the compiler says of modules is test/modules/type-check's, and takes seconds.
const load = (file: string) => loadConfig(file, { api, apiFile: sourceFile('index'), typeCheck: false });

const HEAD = "import { defineConfig } from 'shootdown';";

async function refused(name: string, lines: readonly string[]): Promise<string> {
  const file = folder.write(name, ...lines);
  const error = await load(file).then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toBeInstanceOf(api.InputError);
  return error.message.replaceAll(folder.shown(file), 'FILE');
}

describe('a configuration file', () => {
  it('says what it says, and where its projects stand', async () => {
    const file = folder.write(
      'good.config.ts',
      HEAD,
      'const names = ["6.18", "6.12"];',
      'const some = names.map((variant) => ({ name: ["m", variant].join("-"), variant }));',
      'export default defineConfig({ projects: some.concat([',
      "  { name: 'last+1', variant: 'b1' },",
      '  ]), reporters: [] });',
    );
    const { config, place, placeOf, directory } = await load(file);
    expect(config.projects.map(({ name }) => name)).toEqual(['m-6.18', 'm-6.12', 'last+1']);
    expect(place('last+1')).toBe(`${folder.shown(file)}:5`);
    expect(place('m-6.18')).toBe(`${folder.shown(file)}:1`);
    expect(placeOf('reporters')).toBe(`${folder.shown(file)}:6`);
    expect(directory).toBe(folder.path);
  });

  it('is refused like a module, with its line', async () => {
    const bad = [
      HEAD,
      '',
      "export default defineConfig({ projects: [{ name: 'a', variant: '6.18', seed: 1 }] });",
    ];
    expect(await refused('a.ts', bad)).toMatch(/^FILE:3: projects\[0\]: /);
    expect(await refused('c.ts', ['export default { projects: [] };'])).toBe(
      'FILE:1: its default export is no configuration; ' +
        'write export default defineConfig({ projects: [...] })',
    );
    expect(await refused('d.ts', [HEAD, 'export default defineConfig({ projects: [] }', ''])).toMatch(
      /^FILE:\d: /,
    );
    expect(await refused('e.ts', [HEAD, '', 'throw new Error("no");'])).toBe('FILE:3: threw Error: no');
    expect(await refused('f.ts', ['const x: string = "y";', 'await import(x);'])).toMatch(
      /^FILE:2: what this import/,
    );
    expect(
      await refused('g.ts', ["import { execSync } from 'node:child_process';", 'execSync("true");']),
    ).toMatch(/^FILE:1: .*child_process/);
  });
});
