/**
 * GitHub Actions' workflow commands: lines `::name key=value::text` on a step's output. Whatever stands in an
 * argument is escaped, so that no text can end its command and begin another one.
 */

import { visible } from '../escape.js';

export type Level = 'error' | 'warning' | 'notice';

/** `title` and `message` may have several lines; other control characters become visible. */
export function annotation(
  level: Level,
  place: { readonly file: string; readonly line: number } | null,
  title: string,
  message: readonly string[],
): string {
  const where = place === null ? '' : `file=${property(place.file)},line=${place.line},`;
  return `::${level} ${where}title=${property(title)}::${message.map((line) => data(line)).join('%0A')}`;
}

/**
 * One line of a message. The older form of commands, `##[name]`, and Azure's `##vso[name]` are recognised in
 * the middle of a line too.
 */
function data(text: string): string {
  return visible(text)
    .replace(/(##(?:vso|teamcity)?)\[/gi, '$1 [')
    .replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * Text that is no command whatever it holds, between two commands that switch them off and on. Nobody may be
 * able to guess the token.
 */
export function withoutCommands(token: string): { readonly begin: string; readonly end: string } {
  return { begin: `::stop-commands::${token}`, end: `::${token}::` };
}
