import * as z from 'zod';

/**
 * Lists as files have them. The library's own collect what is wrong with every entry, and look at the length
 * last: a million bad entries are a million reports, gigabytes of them. These stop at the first.
 */

/** An array of at most `max` entries. Answers a fresh one. */
export function list<T extends z.ZodType>(item: T, max: number) {
  return z.unknown().transform((value, context): z.output<T>[] => {
    if (!Array.isArray(value)) {
      context.issues.push({ code: 'invalid_type', expected: 'array', input: value });
      return z.NEVER;
    }
    if (value.length > max) {
      context.issues.push({ code: 'too_big', origin: 'array', maximum: max, inclusive: true, input: value });
      return z.NEVER;
    }
    const entries: z.output<T>[] = [];
    for (const [index, entry] of value.entries()) {
      const result = item.safeParse(entry, { reportInput: true });
      if (!result.success) {
        const [issue] = result.error.issues;
        context.issues.push({
          ...issue,
          path: [index, ...issue.path],
          input: issue.input,
        } as z.core.$ZodRawIssue);
        return z.NEVER;
      }
      entries.push(result.data);
    }
    return entries;
  });
}
