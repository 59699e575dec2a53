/** What a CI system takes for commands in a job's output, as their runners read it. */

/**
 * GitHub's runner reads lines as .NET does, trims each, and takes `::name key=value::text` at its beginning
 * and `##[name]` anywhere; Azure's takes `##vso[area.action]` anywhere, TeamCity `##teamcity[`.
 */
export function commandsIn(output: string): string[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const trimmed = line.replace(/^[\s\u0085]+/, '');
    if (/^::.*::/.test(trimmed)) return [trimmed];
    return line.match(/##(?:vso|teamcity)?\[.*/i) ?? [];
  });
}

/** Text that would be commands wherever a line begins with it, and some that are anywhere. */
export const FOREIGN = [
  '::set-env name=PATH::/evil',
  '\r::error::split',
  '\n \t::warning::indented',
  '\u0085\u00a0::notice::blank',
  'text ##[error]old',
  '##vso[task.setvariable variable=A]b',
  '##teamcity[buildStatus]',
] as const;
