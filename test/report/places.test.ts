import { describe, expect, it } from 'vitest';
import type { TraceStep } from '../../src/explain/trace-step.js';
import { placeOf } from '../../src/report/places.js';
import { scopeName } from '../../src/scenarios/scope-name.js';
import { Steps } from './steps.js';

const at = (file: string, more: Partial<TraceStep> = {}): TraceStep => ({
  ...new Steps().add(0, 'x', { deciding: 'it decides', site: { file, line: 7 } }).all[0],
  ...more,
});

describe('the place of a violation', () => {
  const kernel = at('src/kernel/slots.ts', { isCause: true });
  const own = at('mine.ts');

  it('is where the cause stands, in the kernel too', () => {
    expect(placeOf([at('src/kernel/smp.ts'), kernel, at('src/rules/v1.ts')])?.file).toBe(
      'src/kernel/slots.ts',
    );
  });

  it("is in a user's own file, where a deciding step is", () => {
    expect(placeOf([own, kernel])?.file).toBe('mine.ts');
    expect(placeOf([own, at('also-mine.ts', { isCause: true }), own])?.file).toBe('also-mine.ts');
    expect(placeOf([at('mine.ts', { deciding: null }), kernel])?.file).toBe('src/kernel/slots.ts');
  });
});

describe('what was hunted in', () => {
  it.each([
    [['mine'], 'mine'],
    [['ping-pong-dontneed', 'two-flushers'], 'catalogue'],
    [['mine', 'yours'], 'mine, yours'],
    [['mine', 'ping-pong-dontneed'], 'mine, ping-pong-dontneed'],
    [Array.from({ length: 20 }, (_, index) => `scenario-${index}`), '20 scenarios'],
  ])('%j', (names, words) => {
    expect(scopeName(names)).toBe(words);
  });
});
