/** Text in the language of manual pages (man(7) of groff and mandoc). */

/** One line of text: nothing in it is taken for a request or an escape, and flags can be copied. */
export function roffText(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** A term and what it means, indented below it. */
export function roffTerm(term: string, meaning: string): string[] {
  return ['.TP', '.B', roffText(term), roffText(meaning)];
}

/** Text as help has it: paragraphs between blank lines, indented lines as they stand. */
export function roffParagraphs(text: string): string[] {
  const lines: string[] = [];
  for (const paragraph of text.trim().split(/\n\s*\n/)) {
    if (paragraph === '') continue;
    lines.push('.PP');
    let isExample = false;
    for (const line of paragraph.split('\n')) {
      if (line.startsWith('  ') !== isExample) lines.push(isExample ? '.EE' : '.EX');
      isExample = line.startsWith('  ');
      lines.push(roffText(isExample ? line : line.trim()));
    }
    if (isExample) lines.push('.EE');
  }
  return lines;
}
