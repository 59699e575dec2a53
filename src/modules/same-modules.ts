import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { displayPath } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';
import type { ModuleRef } from '../vocabulary/finding.js';
import { formerHashOf, hashOfTexts, reachesApi } from './inputs.js';

/**
 * Whether modules are what a finding was made with. Asked before any of them runs: a finding may come from
 * anywhere, and must not be able to run whatever lies at a path.
 */

/**
 * Throws InputError at the first difference; the line says what differs and how the finding is replayed all
 * the same.
 */
export function requireSame(
  found: readonly ModuleRef[],
  expected: readonly ModuleRef[],
  metafile: Metafile,
): void {
  const modules = expected.map(({ file }) => `--module ${file}`).join(' ');
  const remedy = `to replay with what is there now, give ${modules}`;
  for (const ref of expected) {
    const file = realpathSync(resolve(ref.file));
    const now = found.find((one) => realpathSync(resolve(one.file)) === file);
    const why = now === undefined ? 'was not read' : difference(now, ref, file, metafile);
    if (why !== null) throw new InputError(`${displayPath(file)}: ${why}`, remedy);
  }
}

/** Its text is the same, and not what a configuration makes of it. */
const COMPILED =
  'a tsconfig.json or package.json says how it is compiled, and the finding, made before that or by an ' +
  'older shootdown, does not';

function difference(now: ModuleRef, expected: ModuleRef, file: string, metafile: Metafile): string | null {
  // By its text alone anybody can name a script of the reader's project. One that knows nothing of shootdown
  // made no finding.
  if (!reachesApi(file, metafile)) return 'does not import shootdown, so the finding cannot be of it';
  if (expected.inputs === undefined) {
    const former = formerHashOf(file, metafile);
    if (former === null)
      return 'imports packages, and the finding, of an older shootdown, does not vouch for them';
    if (former !== expected.sha256) return 'has changed since the finding was made';
    return now.sha256 === hashOfTexts(file, metafile) ? null : COMPILED;
  }
  const packages = differentPackages(now.packages ?? [], expected.packages ?? []);
  if (packages !== null) return `has changed since the finding was made: ${packages}`;
  if (now.inputs !== expected.inputs)
    return (
      `has changed since the finding was made: it consists of ${now.inputs} files instead of ` +
      `${expected.inputs}`
    );
  if (now.sha256 === expected.sha256) return null;
  if (hashOfTexts(file, metafile) !== expected.sha256) return 'has changed since the finding was made';
  return COMPILED;
}

function differentPackages(now: readonly string[], expected: readonly string[]): string | null {
  const gone = expected.filter((one) => !now.includes(one));
  const come = now.filter((one) => !expected.includes(one));
  if (gone.length === 0 && come.length === 0 && now.length === expected.length) return null;
  return `package ${come[0] ?? 'none'} instead of ${gone[0] ?? 'none'}`;
}
