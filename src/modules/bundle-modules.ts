import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';
import { buildMistake } from '../bundle/build-mistake.js';
import { GUARDED_BANNER, OUTPUT } from '../bundle/bundle.js';
import { build } from '../bundle/bundler.js';
import { writeOutput } from '../bundle/temporary.js';
import { isUserFile } from '../bundle/user-files.js';
import { C_RUNTIME, moduleByNumber, resolveByNumber, userFile } from '../bundle/user-modules.js';
import { Configurations } from './configurations.js';
import { unfit } from './input-size.js';
import { unfitMap } from './source-map-size.js';

/** Bundles users' modules for this process. */

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;

/** Under which a bundle finds the API: several may be read at a time. */
export const apiKey = (outfile: string): string => `shootdown.api of ${outfile}`;

/**
 * Writes `outfile`, which exports `module0`, `module1` and so on, in the order of the files, and answers what
 * it is made of. What the modules import as `shootdown` is what stands under `apiKey(outfile)` when they are
 * evaluated. Throws InputError.
 */
export async function bundleModules(
  files: readonly string[],
  outfile: string,
  api: object,
  runtimeFile?: string,
): Promise<Metafile> {
  // The very objects of this process, not a second copy of them: what a module defines is recognised by them.
  const contents = [
    `const api = globalThis[Symbol.for(${JSON.stringify(apiKey(outfile))})];`,
    // Under names that no module has: the bundler would give the module's own function another one, and a
    // timeline shows it.
    ...Object.keys(api).map(
      (name) => `const shootdown_${name} = api.${name}; export { shootdown_${name} as ${name} };`,
    ),
  ].join('\n');
  const configurations = new Configurations();
  const plugin: Plugin = {
    name: 'modules',
    setup(setup) {
      resolveByNumber(setup, files);
      setup.onResolve({ filter: /^shootdown$/ }, ({ kind }) =>
        // In a worker it would bring in all of the package, with what is only for the thread that starts
        // workers.
        kind === 'require-call'
          ? {
              errors: [
                {
                  text:
                    'a module is no CommonJS: write import { plainProgram } from "shootdown", and ' +
                    'export what is to be hunted',
                },
              ],
            }
          : { path: 'shootdown', namespace: 'api' },
      );
      // The bundler looks for configurations there before it loads anything.
      setup.onResolve({ filter: /.*/ }, ({ path, resolveDir }) => {
        const text = configurations.unfitOnTheWay(path, resolveDir);
        return text === null ? null : { errors: [{ text }] };
      });
      setup.onResolve({ filter: C_RUNTIME }, () => ({ path: runtimeFile }));
      setup.onLoad({ filter: /.*/, namespace: 'api' }, () => ({ contents, loader: 'js' }));
      setup.onLoad({ filter: /.*/ }, ({ path }) => {
        const text =
          unfit(path) ?? (SOURCE_FILE.test(path) ? unfitMap(path, readFileSync(path, 'utf8')) : null);
        if (text !== null) return { errors: [{ text }] };
        return isUserFile(path) && SOURCE_FILE.test(path) ? userFile(path, 'guarded') : null;
      });
    },
  };
  try {
    const result = await build({
      stdin: {
        contents: files
          .map((_, index) => `export * as module${index} from ${JSON.stringify(moduleByNumber(index))};`)
          .join('\n'),
        resolveDir: process.cwd(),
      },
      outfile,
      ...OUTPUT,
      metafile: true,
      banner: { js: GUARDED_BANNER },
      plugins: [plugin],
    });
    writeOutput(result.outputFiles ?? []);
    return result.metafile;
  } catch (error) {
    throw buildMistake(error);
  }
}

/** The files of a bundle, in a fixed order. */
export function inputFiles(metafile: Metafile): string[] {
  return Object.keys(metafile.inputs).flatMap((input) => (/^(?:api:|<)/.test(input) ? [] : [resolve(input)]));
}

/** The user's own code among them. */
export function userInputs(metafile: Metafile): string[] {
  return inputFiles(metafile).filter((path) => isUserFile(path) && SOURCE_FILE.test(path));
}
