import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

/** Files of ours that are loaded before a command is known: all that `main` imports, and what these do. */
async function loadedAtStart(): Promise<string[]> {
  const { metafile } = await build({
    ...{ entryPoints: ['src/cli/main.ts'], bundle: true, splitting: true, format: 'esm', platform: 'node' },
    ...{ packages: 'external', write: false, metafile: true, outdir: 'never', logLevel: 'silent' },
  });
  const { outputs }: Metafile = metafile;
  const seen = new Set<string>();
  const load = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { kind, path } of outputs[output].imports)
      if (kind === 'import-statement' && outputs[path] !== undefined) load(path);
  };
  for (const [output, { entryPoint }] of Object.entries(outputs))
    if (entryPoint === 'src/cli/main.ts') load(output);
  return [...seen].flatMap((output) => Object.keys(outputs[output].inputs));
}

it('a start loads no machine, kernel, search or explanation: commands ask the engine for them', async () => {
  const files = await loadedAtStart();
  expect(files).toContain('src/cli/commands/index.ts');
  const work =
    /^src\/(machine\/machine|kernel\/kernel-program|lowering\/|explain\/|variants\/index|verify\/verify\.)/;
  expect(files.filter((file) => work.test(file))).toEqual([]);
});
