/**
 * What is wrong by an assertion's answer, which is true, false or a sentence: null if nothing is, `otherwise`
 * where it says no more than false, undefined for what is no answer.
 */
export function wrongBy(answer: unknown, otherwise: string): string | null | undefined {
  if (typeof answer === 'string') return answer === '' ? otherwise : answer;
  if (typeof answer !== 'boolean') return undefined;
  return answer ? null : otherwise;
}

export const NOT_FINAL = 'the assertion over the final memory does not hold';
export const NOT_ALWAYS = 'the assertion over every state does not hold';
