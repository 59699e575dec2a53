import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeTemporary, removeTemporary } from '../../src/bundle/temporary.js';

describe('directories for bundles', () => {
  it('come and go without leaving anything to the process, however many', () => {
    removeTemporary(makeTemporary());
    const listeners = process.listenerCount('exit');
    const directories = Array.from({ length: 20 }, () => {
      const directory = makeTemporary();
      expect(existsSync(directory)).toBe(true);
      removeTemporary(directory);
      return directory;
    });
    expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
    expect(process.listenerCount('exit')).toBe(listeners);
  });
});
