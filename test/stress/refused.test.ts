import { expect, it } from 'vitest';
import { refusedOnThreads } from '../../src/stress/refused.js';

it('rules that exchange two words at once run on threads of x86-64 only', () => {
  expect(refusedOnThreads('kvm/v4', 'x64')).toBe(null);
  expect(refusedOnThreads('kvm/v4', 'arm64')).toContain('needs a compare-exchange of two words');
  expect(refusedOnThreads('kvm/v12', 'arm64')).toBe(null);
  expect(refusedOnThreads('6.18', 'arm64')).toBe(null);
});
