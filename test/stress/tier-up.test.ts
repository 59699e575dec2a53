import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BUDGET_FLAG, hasBudget, PLAIN_CODE, USUAL_BUDGET } from '../../src/stress/tier-up.js';

/**
 * A V8 flag that this Node does not have is an error on stderr, and one that is put back to another value
 * than before is a change for good.
 */

const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
const [, known] = /--interrupt-budget \(.*\n\s+type: int\s+default: --interrupt-budget=(\d+)/.exec(
  options,
) ?? [null, null];

describe('the budget before compilation', () => {
  it('is asked for only where there is one', () => {
    expect(hasBudget(process.versions.v8)).toBe(known !== null);
  });

  it.each([
    ['11.3.244.8-node.38', true],
    ['12.4.254.21-node.57', false],
    ['13.6.233.17-node.51', false],
  ])('V8 %s: %s', (version, has) => {
    expect(hasBudget(version)).toBe(has);
  });

  it.runIf(known !== null)('is put back to what it was', () => {
    expect(`${BUDGET_FLAG}=${USUAL_BUDGET}`).toBe(`--interrupt-budget=${known}`);
  });
});

describe('plain machine code from the first call on', () => {
  it('is a flag that this Node has, and that is off', () => {
    expect(options).toMatch(
      new RegExp(`--${PLAIN_CODE} \\(.*\\n\\s+type: bool\\s+default: --no-${PLAIN_CODE}`),
    );
  });
});
