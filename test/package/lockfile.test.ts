import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { licenceList, readLockfile } from '../../scripts/lockfile.js';

const file = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const packages = readLockfile(file('package-lock.json'));

describe('the lockfile', () => {
  it('says what each tarball must hash to, so that nothing else can be installed', () => {
    expect(packages.length).toBeGreaterThan(50);
    expect(
      packages
        .filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  it('has one install script, which is not needed: what it would fetch is an optional package', () => {
    const scripted = packages.filter(({ hasInstallScript, optional }) => hasInstallScript && !optional);
    expect(scripted.map(({ name }) => name)).toEqual(['esbuild']);
    const { version } = scripted[0];
    const builds = packages.filter(({ name, optional }) => optional && name.startsWith('@esbuild/'));
    expect(builds.length).toBeGreaterThan(20);
    expect(new Set(builds.map((build) => build.version))).toEqual(new Set([version]));
  });

  it('brings along only packages whose licence lets them be used', () => {
    // Its package.json says nothing; its LICENSE file is MIT's.
    const used = packages.filter(({ dev, name }) => !dev && name !== 'jstat').map(({ license }) => license);
    expect(
      [...new Set(used)].filter(
        (license) =>
          !['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'].includes(
            license ?? '',
          ),
      ),
    ).toEqual([]);
  });
});

describe('LICENCES.md', () => {
  it('is what scripts/licences.ts writes, and is in the package', () => {
    expect(readFileSync(file('LICENCES.md'), 'utf8')).toBe(licenceList(packages));
    const { files } = JSON.parse(readFileSync(file('package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('LICENCES.md');
  });
});
