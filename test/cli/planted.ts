/** What a stranger's text may hold to reach for a terminal, each kind once. */
export const PLANTED = [
  '\u001b[2J\u001b[8mhidden',
  '\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007',
  '\u001b]0;title\u001b\\',
  '\u009b31m\u009d8;;x\u009c',
  '\u202aa\u202bb\u202cc\u202dd\u202ee',
  '\u2066f\u2067g\u2068h\u2069i',
  'over\rwritten',
  'rubbed\b\b\bout',
  '\u0000\u0007\u007f\u200b\u2028\u2029\ufeff',
].join(' ');

/** What a terminal would act on, after our own colours are taken away. */
export function smuggled(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const paint = /\u001b\[(?:1|2|22|3[1-6]|39)m/g;
  const acting =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
  return text.replaceAll(paint, '').match(acting) ?? [];
}
