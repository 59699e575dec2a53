import { readFileSync } from 'node:fs';

/** A package as package-lock.json (version 3) has it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  /** What its tarball must hash to; null where the lockfile does not say. */
  readonly integrity: string | null;
  readonly dev: boolean;
  readonly optional: boolean;
  readonly hasInstallScript: boolean;
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const FOLDER = 'node_modules/';

/** Every package of a lockfile but the project itself, in the lockfile's order. */
export function readLockfile(path: string): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockEntry> };
  return Object.entries(packages).flatMap(([folder, entry]) => {
    if (folder === '') return [];
    const name = folder.slice(folder.lastIndexOf(FOLDER) + FOLDER.length);
    const {
      version = '',
      license = null,
      integrity = null,
      dev = false,
      optional = false,
      hasInstallScript = false,
    } = entry;
    return [{ name, version, license, integrity, dev, optional, hasInstallScript }];
  });
}

/** Packages of development that are copied into something that the package carries. */
const COPIED: Readonly<Record<string, string>> = { preact: 'the page of reports' };

/** The list as Markdown. Builds of a package for one platform each are one line with it. */
export function licenceList(packages: readonly LockedPackage[]): string {
  const rows = packages
    .filter(({ dev, optional, name }) => !dev && !(optional && name.includes('/')))
    .map(({ name, version, license }) => `| ${name} | ${version} | ${license ?? 'not stated'} |`);
  const builds = new Set(
    packages.flatMap(({ dev, optional, name }) =>
      !dev && optional && name.includes('/') ? [name.split('/')[0]] : [],
    ),
  );
  return [
    '# Licences',
    '',
    'shootdown is under the MIT licence (LICENSE). An installation brings these packages along; none ' +
      'is changed or',
    'copied into it. From package-lock.json, by `scripts/licences.ts`.',
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...[...new Set(rows)].sort(),
    '',
    `Builds for single platforms, of which npm installs the one that fits: ${[...builds]
      .sort()
      .map((scope) => `\`${scope}/*\``)
      .join(', ')}, under`,
    'the licences of the packages that use them.',
    '',
    'Copied into what shootdown carries, with their notices:',
    '',
    '| package | version | licence | into |',
    '| --- | --- | --- | --- |',
    ...packages
      .filter(({ name }) => Object.hasOwn(COPIED, name))
      .map(({ name, version, license }) => `| ${name} | ${version} | ${license} | ${COPIED[name]} |`),
    '',
  ].join('\n');
}
