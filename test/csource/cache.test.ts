import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/csource/cache.js';

const before = { HOME: process.env.HOME, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME };
afterEach(() => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

describe('the cache of translations', () => {
  it.each([
    ['/a', '/b', '/a/shootdown/c'],
    ['relative', '/b', '/b/.cache/shootdown/c'],
    ['', '/b', '/b/.cache/shootdown/c'],
    ['', '', join(userInfo().homedir, '.cache/shootdown/c')],
    ['', 'relative', join(userInfo().homedir, '.cache/shootdown/c')],
  ])('is never where the command is run: XDG_CACHE_HOME=%s HOME=%s', (cache, home, folder) => {
    process.env.XDG_CACHE_HOME = cache;
    process.env.HOME = home;
    expect(cacheFolder()).toBe(folder);
  });
});
