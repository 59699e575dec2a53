import { expect, it } from 'vitest';
import { switchedName } from '../../src/variants/switched-name.js';

it.each([
  ['6.18', '6.18', []],
  ['kvm/v4+filterLoadedMm', 'kvm/v4', ['+filterLoadedMm']],
  ['6.12~a+b', '6.12', ['~a', '+b']],
  ['6.12+', '6.12', ['+']],
])('%s', (name, base, switched) => {
  const found = switchedName(name);
  expect(found.base).toBe(base);
  expect(found.switched.map(({ feature, on }) => `${on ? '+' : '~'}${feature}`)).toEqual(switched);
});
