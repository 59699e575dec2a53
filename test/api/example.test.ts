import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('the example script finds what is broken and reports what is not', { timeout: 120_000 }, () => {
  const shown = execFileSync(process.execPath, ['--import', 'tsx', 'examples/api/hunt.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(shown).toMatch(/should_flush_tlb said no: no IPI/);
  expect(shown).toMatch(/step │ CPU0/);
  expect(shown).toMatch(/<testsuites[\s\S]*classname="6\.18\//);
});
