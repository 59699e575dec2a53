/** What a page has: command lines, quoted files, screens. */

const COMMAND = /^(?:shootdown|npm|npx|node)(?: |$)/;

export interface Fence {
  readonly language: string;
  /**
   * The comment on the line before: `screen: COMMAND`, `file: PATH`, `part of: PATH`; null if there is none.
   */
  readonly note: string | null;
  readonly lines: readonly string[];
}

export function fencesIn(text: string): Fence[] {
  return [...text.matchAll(/(?:^<!-- (.*?) -->\n)?^```(\w*)\n([\s\S]*?)\n```$/gm)].map(
    ([, note, language, body]) => ({
      language,
      note: note ?? null,
      lines: body.split('\n'),
    }),
  );
}

function outsideFences(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/**
 * Every command line, once: of indented blocks, of fenced shell blocks, and between backquotes. Comments are
 * cut off, `a && b` are two.
 */
export function commandsIn(text: string): string[] {
  const plain = outsideFences(text);
  const indented = [...plain.matchAll(/^ {4}(\S.*)$/gm)].map(([, line]) => line);
  const fenced = fencesIn(text).flatMap(({ language, lines }) =>
    /^(?:sh|bash|shell|console)$/.test(language) ? lines : [],
  );
  const inline = spansIn(plain).filter((span) => COMMAND.test(span));
  const lines = [...indented, ...fenced, ...inline].flatMap((line) =>
    line.replace(/\s+#.*$/, '').split('&&'),
  );
  return [...new Set(lines.map((line) => line.trim()))].filter((line) => COMMAND.test(line));
}

/** Options between backquotes: `--budget 10m`. */
export function optionsIn(text: string): string[] {
  return [...new Set(spansIn(outsideFences(text)).filter((span) => span.startsWith('--')))];
}

function spansIn(text: string): string[] {
  return [...text.replaceAll(/^ {4}.*$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
}
