import { describe, expect, it } from 'vitest';
import { backends, findBackend } from '../../src/backends/index.js';
import { capabilityNames } from '../../src/kernel/backend.js';
import { features } from '../../src/kernel/features/index.js';
import { findProfile, profiles } from '../../src/kernel/profiles.js';
import { defineVariant } from '../../src/variants/define.js';
import { findVariant, listVariants, senselessReason } from '../../src/variants/index.js';

const BUGS = ['b1', 'b2', 'b3', 'b4', 'b6', 'b8', 'b36', 'b38', 'b39', 'b23', 'b32', 'b33', 'b34'];

/** Names of the features in which two variants differ. */
function difference(a: string, b: string): string[] {
  const [first, second] = [findVariant(a)!.features, findVariant(b)!.features];
  return features.map(({ name }) => name).filter((name) => first[name] !== second[name]);
}

describe('variants', () => {
  it('have names and aliases of their own', () => {
    const names = listVariants().flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(findVariant(name)?.name).toBeDefined();
  });

  it('contain every profile under its name', () => {
    for (const { name, features: expected } of profiles)
      expect(findVariant(name)?.features).toEqual(expected);
  });

  it('every feature is described, and every described feature is set by every profile', () => {
    for (const profile of profiles)
      expect(Object.keys(profile.features).sort()).toEqual(features.map(({ name }) => name).sort());
  });

  it.each(BUGS)('%s has a twin with its fix, which differs in one feature', (name) => {
    expect(findVariant(name)?.name).toBe(name);
    expect(findVariant(`${name}-fixed`)?.name).toBe(`${name}-fixed`);
    expect(difference(name, `${name}-fixed`)).toHaveLength(1);
  });

  it.each([
    ['cve-2025-40174', 'b1'],
    ['cve-2025-37964', 'b3'],
    ['cve-2016-2069', 'b8'],
    ['CVE-2025-40174', 'b1'],
    ['cve-2025-40174-fixed', 'b1-fixed'],
    ['CVE-2025-37964-Fixed', 'b3-fixed'],
    ['B1', 'b1'],
  ])('%s is %s', (alias, name) => {
    expect(findVariant(alias)?.name).toBe(name);
  });

  it('the known bugs are what the versions had', () => {
    expect(difference('b1', '6.15-rc6')).toEqual([]);
    expect(difference('b1-fixed', '6.17.5')).toEqual(['localCondFirst', 'localTestLast']);
    expect(difference('b2', '6.12-stable')).toEqual([]);
    expect(difference('b3-fixed', '6.18')).toEqual([]);
    expect(difference('b4-fixed', '6.12')).toEqual([]);
    expect(difference('6.17.5', '6.18')).toEqual([]);
    expect(difference('6.12', '6.14')).toEqual([
      'lazyCpumask',
      'filterLoadedMm',
      'rcuTableFree',
      'localCondFirst',
    ]);
    expect(difference('6.15-rc5', '6.15-rc6')).toEqual(['filterSwitching']);
    expect(difference('6.15-rc6', '6.17.5')).toEqual([
      'barrierWhenBitSet',
      'localCondFirst',
      'localTestLast',
    ]);
    expect(difference('5.10', '5.15')).toEqual(['concurrentFlush', 'lazyStoreWhenSet']);
    expect(difference('5.15', '6.6')).toEqual(['genEarlyOut', 'batchedPendingCounters', 'hypervSkipsLazy']);
    expect(difference('6.6', '6.12')).toEqual([]);
    expect(difference('6.12', '6.12.28')).toEqual(['filterLoadedMm']);
    expect(difference('6.12', '6.12-stable')).toEqual(['filterLoadedMm', 'filterSwitching']);
  });

  it('a profile with features switched is a variant too', () => {
    expect(difference('6.14+filterSwitching', '6.14')).toEqual(['filterSwitching']);
    expect(difference('6.14+filterSwitching~genEarlyOut', '6.14')).toEqual([
      'genEarlyOut',
      'filterSwitching',
    ]);
    expect(difference('6.12-stable+switchingBeforeGen', 'b2-fixed')).toEqual([]);
    expect(difference('b1+barrierwhenbitset', 'b1-fixed')).toEqual([]);
    // The last word counts.
    expect(difference('6.18+genEarlyOut~genEarlyOut', '6.18')).toEqual(['genEarlyOut']);
    const made = findVariant('6.14+filterSwitching')!;
    expect({ name: made.name, profile: made.profile, aliases: made.aliases }).toEqual({
      name: '6.14+filterSwitching',
      profile: '6.14',
      aliases: [],
    });
  });

  it(
    'only kernels that free page tables through RCU do so in their profile: guests whatever ' +
      'their version',
    () => {
      const rcu = profiles.filter(({ features }) => features.rcuTableFree).map(({ name }) => name);
      expect(rcu.sort()).toEqual([
        '6.14',
        '6.15-rc5',
        '6.15-rc6',
        '6.16.3',
        '6.17.5',
        '6.18',
        '6.18.15',
        '7.1',
      ]);
      for (const name of ['6.12/kvm/v0', '6.12.117/kvm/v4', '6.12/hypercall/v0'])
        expect(findVariant(name)?.features.rcuTableFree).toBe(true);
      for (const name of ['6.12/native/v0', '5.10', 'native-5.10/v4'])
        expect(findVariant(name)?.features.rcuTableFree).toBe(false);
    },
  );

  it('a base on another backend is the kernel that runs there', () => {
    const guest = defineVariant({ name: 'guest-of-6.12', base: '6.12', backend: 'kvm' });
    expect(guest.features.rcuTableFree).toBe(true);
    expect(defineVariant({ name: 'bare', base: guest, backend: 'native' }).features.rcuTableFree).toBe(false);
    expect(
      defineVariant({ name: 'own', base: '6.12', backend: 'kvm', features: { rcuTableFree: false } }).features
        .rcuTableFree,
    ).toBe(false);
  });

  it('5.10 and native-5.10/v0 are one kernel', () => {
    const [profile, rule] = ['5.10', 'native-5.10/v0'].map((name) => findVariant(name));
    expect(rule?.backend).toBe(profile?.backend);
    expect(difference('5.10', 'native-5.10/v0')).toEqual([]);
  });

  it('switching features does not change the variant that they are switched on', () => {
    const before = JSON.stringify(findVariant('6.18')!.features);
    findVariant('6.18~genEarlyOut');
    expect(JSON.stringify(findVariant('6.18')!.features)).toBe(before);
  });

  it.each([
    '',
    'b5',
    '6.13',
    '6.14+',
    '6.14+nothing',
    '6.14+filterSwitching~',
    '6.14~filterSwitching+nothing',
    '+filterSwitching',
    'b1 ',
    '6.14+filter-switching',
    'nowhere+filterSwitching',
  ])('"%s" is unknown', (name) => {
    expect(findVariant(name)).toBe(undefined);
  });

  it('tells why a rule makes no sense on a backend, on any profile and with any features', () => {
    const reason = senselessReason('native/v14');
    expect(reason).toMatch(/\w/);
    for (const name of ['6.12/native/v14', 'native/V14+genEarlyOut', '6.18/native/v14~skipLazy'])
      expect(senselessReason(name)).toBe(reason);
    for (const name of ['kvm/v14', '6.12/kvm/v14', '6.13/native/v14', 'b5'])
      expect(senselessReason(name)).toBe(null);
  });

  it('knows no other profiles and backends', () => {
    expect(findProfile('5.4')).toBe(undefined);
    expect(findBackend('none')).toBe(undefined);
    // What rules ask of them, not who they are.
    expect(backends.map(({ name, has }) => `${name}: ${capabilityNames(has).join(', ')}`)).toEqual([
      'native: IPIs',
      'native-5.10: IPIs',
      'kvm: IPIs, virtual CPUs, preempted byte',
      'kvm-host: IPIs, virtual CPUs, preempted byte',
      'hypercall: virtual CPUs, posted requests',
      'hyperv: IPIs, virtual CPUs, posted requests',
      'xen: virtual CPUs, posted requests',
      'invlpgb: IPIs, broadcast invalidations',
      'rar: IPIs, remote action requests',
    ]);
    expect(backends.length).toBeGreaterThan(0);
  });
});
