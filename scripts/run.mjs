/**
 * Runs the command line in a clone, without the build step of the package and without waiting for a
 * translation of the sources at each start: they are translated once, to node_modules/.cache, and again when
 * one of them has changed. What is started is a bundle of them and of what they depend on: Node takes as long
 * to find and open a file as to run it. The sources lie beside it one by one, since workers' code is made of
 * those. `npm start` and `npm run shootdown` go through here. Where that fails (a disk that cannot be
 * written) the sources are run by tsx, as `node --import tsx src/cli/main.ts` does.
 */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/shootdown');
/** Builds that are kept: another process may still load from an earlier one. */
const KEPT = 3;
/** The bundle's entry. Its parts lie in the same folder, as deep as the sources that ask where they are. */
const START = 'src/cli/start';
/** Dependencies that are not bundled: they load files of their own by path, or are large and seldom used. */
const LOADED = ['esbuild', 'piscina', 'tsx', 'typescript', 'vitest'];
/** Gives bundled CommonJS modules the `require` that they expect, for what Node has built in. */
const REQUIRE = `import { createRequire as createRequireOf } from 'node:module';
const require = createRequireOf(import.meta.url);`;

/** Paths of the sources under the root. */
function sources(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory()
      ? sources(path)
      : path.endsWith('.ts') && !path.endsWith('.d.ts')
        ? [path]
        : [];
  });
}

/**
 * What a build is made from, in a few letters: the sources as they were last written, the translator, and
 * this file.
 */
function keyOf(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths, 'package.json', 'package-lock.json', 'scripts/run.mjs']) {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\0`);
  }
  return hash.update(ROOT).digest('hex').slice(0, 16);
}

async function build(paths, into) {
  const { build: translate } = await import('esbuild');
  mkdirSync(CACHE, { recursive: true });
  const temporary = join(CACHE, `.${process.pid}-${Math.trunc(performance.timeOrigin)}`);
  try {
    const options = {
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'silent',
    };
    const results = await Promise.all([
      translate({
        entryPoints: paths.map((path) => join(ROOT, path)),
        outdir: temporary,
        outbase: ROOT,
        ...options,
      }),
      translate({
        entryPoints: { [START]: join(ROOT, 'src/cli/main.ts') },
        outdir: temporary,
        chunkNames: `${START}-[hash]`,
        bundle: true,
        splitting: true,
        external: LOADED.flatMap((name) => [name, `${name}/*`]),
        mainFields: ['module', 'main'],
        banner: { js: REQUIRE },
        ...options,
      }),
    ]);
    for (const { warnings } of results) if (warnings.length > 0) throw new Error(warnings[0].text);
    const { sideEffects } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    // What bundlers may not leave out, by the names that the files have here.
    const kept = sideEffects
      .map((path) => path.replace('./dist/', './'))
      .map((path) => path.replace(/\.ts$/, '.js'));
    const manifest = { name: 'shootdown-translated', type: 'module', sideEffects: [...new Set(kept)] };
    writeFileSync(join(temporary, 'package.json'), JSON.stringify(manifest));
    // Whoever else has built the same has done it already.
    if (!existsSync(into)) renameSync(temporary, into);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  removeOld();
}

function removeOld() {
  const builds = readdirSync(CACHE).map((name) => ({
    path: join(CACHE, name),
    at: statSync(join(CACHE, name)).mtimeMs,
  }));
  for (const { path } of builds.sort((a, b) => b.at - a.at).slice(KEPT))
    rmSync(path, { recursive: true, force: true });
}

/**
 * The entry: translated, or, where that cannot be, for tsx. Something is waited for meanwhile: were the
 * translator's process ended by others, this one would end with it and nobody would hear of it.
 */
async function entry() {
  const awake = setInterval(() => undefined, 1_000_000);
  try {
    const paths = [...sources('src'), ...sources('workers')].sort();
    const built = join(CACHE, keyOf(paths));
    if (!existsSync(built)) await build(paths, built);
    return join(built, `${START}.js`);
  } catch {
    const { register } = await import('tsx/esm/api');
    register();
    return join(ROOT, 'src/cli/main.ts');
  } finally {
    clearInterval(awake);
  }
}

try {
  await import(pathToFileURL(await entry()).href);
} catch (error) {
  // Node would end with 1, which is a violation's exit code.
  console.error(`shootdown: cannot be loaded: ${error?.message ?? error}; "npm ci" installs what it needs`);
  process.exit(3);
}
