import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bundle } from '../../src/bundle/bundle.js';
import { sourceFile } from '../../src/bundle/user-files.js';
import { InputError } from '../../src/vocabulary/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'build-mistake-'));
afterAll(() => rmSync(folder, { recursive: true }));

it("a package.json or tsconfig.json that the bundler cannot read is the user's mistake, with its line", async () => {
  for (const name of ['package.json', 'tsconfig.json']) {
    const project = join(folder, name.replace('.', '-'));
    mkdirSync(project);
    writeFileSync(join(project, name), '{\n"name"');
    const module = join(project, 'm.ts');
    writeFileSync(module, "import './data.json';\nexport const one = 1;\n");
    writeFileSync(join(project, 'data.json'), '{}');
    const made = bundle({
      entry: '../workers/explore-batch',
      outfile: join(project, 'out', 'bundle.mjs'),
      plain: true,
      modules: { paths: [module], apiFile: sourceFile('index') },
    });
    await expect(made).rejects.toThrow(InputError);
    await expect(made).rejects.toThrow(new RegExp(`${name.replace('.', '\\.')}:2: `));
  }
});
