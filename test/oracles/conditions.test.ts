import { describe, it } from 'vitest';
import { conditions } from './conditions.js';

describe('an oracle, on both sides of each of its conditions', () => {
  it.each(conditions.map(({ name, check }) => [name, check] as const))('%s', (_, check) => check());
});
