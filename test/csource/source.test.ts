import { expect, it } from 'vitest';
import { baseFor } from '../../src/csource/source.js';

it.each([
  ['4.19.300', '5.10'],
  ['5.10.262', '5.10'],
  ['5.15.183', '5.15'],
  ['6.1.50', '5.15'],
  ['6.1.192', '6.1.192'],
  ['6.6.91', '6.6'],
  ['6.12.117', '6.12.117'],
  ['7.3.4', '7.1'],
  [null, '6.18'],
])('what surrounds the C text of %s is profile %s', (tree, profile) => {
  expect(baseFor(tree)).toBe(profile);
});
