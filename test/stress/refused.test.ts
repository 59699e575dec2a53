import { expect, it } from 'vitest';
import { nativeBackend } from '../../src/backends/native.js';
import type { LayOutUnit } from '../../src/machine/unit.js';
import { refusedOnThreads } from '../../src/stress/refused.js';
import { defineVariant } from '../../src/variants/define.js';

it('rules that exchange two words at once run on threads of x86-64 only', () => {
  expect(refusedOnThreads('kvm/v4', 'x64')).toBe(null);
  expect(refusedOnThreads('kvm/v4', 'arm64')).toContain('needs a compare-exchange of two words');
  expect(refusedOnThreads('kvm/v12', 'arm64')).toBe(null);
  expect(refusedOnThreads('6.18', 'arm64')).toBe(null);
});

it('hardware that a backend brings along is not on threads', () => {
  const unit: LayOutUnit = () => {
    throw new Error('nobody lays it out');
  };
  const own = defineVariant({ name: 'engine', backend: { ...nativeBackend, name: 'engine', unit } });
  expect(refusedOnThreads('engine', 'x64', [own])).toContain('hardware of its own');
});
