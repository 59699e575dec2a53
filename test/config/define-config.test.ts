import { describe, expect, it } from 'vitest';
import type { ConfigSpec } from '../../src/config/config.js';
import { defineConfig, definedConfig } from '../../src/config/define-config.js';
import { DefinitionError } from '../../src/vocabulary/errors.js';

const A = { name: 'a', variant: '6.18' } as const;

function refused(spec: unknown): string {
  try {
    defineConfig(spec as ConfigSpec);
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('a configuration', () => {
  it('is known by what defineConfig returned: lists, milliseconds, limits by mode', () => {
    const made = defineConfig({
      projects: [{ ...A, budget: '2m', executions: { batch: 5 }, expect: 'known:b38' }],
      strategy: 'pct',
      seed: 3,
    });
    expect(definedConfig(made)).toEqual({
      projects: [
        {
          ...{ name: 'a', variant: ['6.18'], expect: 'known:b38' },
          ...{ budget: { change: 120_000, batch: 120_000 }, executions: { batch: 5 } },
        },
      ],
      strategy: ['pct'],
      seed: 3,
    });
    expect(definedConfig({ ...made })).toBeUndefined();
    expect(definedConfig(null)).toBeUndefined();
  });

  it.each([
    [{ projects: [] }, 'projects: expected a project, there is none'],
    [{ projects: [A, A] }, 'projects[1].name: another project has this name'],
    [{ projects: [{ ...A, name: '' }] }, 'projects[0].name: expected letters, digits, dots and dashes'],
    [{ projects: [{ name: 'a' }] }, 'projects[0]: expected modules, a variant or a program to hunt'],
    [{ projects: [{ ...A, program: 'p' }] }, 'projects[0]: expected modules that define the program'],
    [
      { projects: [{ ...A, expect: 'dirty' }] },
      `projects[0].expect: expected 'clean', 'violation:CLASS' or 'known:NAME', got "dirty"`,
    ],
    [{ projects: [{ ...A, expect: 'known:' }] }, `projects[0].expect: expected 'clean'`],
    [{ projects: [{ ...A, expect: 'violation:gen-ahead' }] }, 'there is no violation "gen-ahead"'],
    [{ projects: [{ ...A, budget: '3x' }] }, 'projects[0].budget.change: expected a duration from 1ms'],
    [{ projects: [{ ...A, executions: 0 }] }, 'projects[0].executions.change: '],
    [{ projects: [{ ...A, variants: 'x' }] }, 'projects[0]: '],
    [{ projects: [A], nothing: 1 }, 'nothing'],
    [{ projects: [{ ...A, modules: '' }] }, 'projects[0].modules[0]: expected at least 1 character'],
    [null, ': '],
  ])('%j is refused with its place', (spec, message) => {
    const said = refused(spec);
    expect(said).toContain(message);
    expect(said).not.toContain('\n');
  });
});
