/**
 * Characters that a terminal acts on or does not show: controls (C0, DEL and C1, so every escape sequence),
 * format characters (among them those that reverse what stands around them), and what is unassigned, private
 * or half a pair. Text from files, recordings and users' modules may hold any of them.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
export const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]|[\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * `json` with what is unprintable in its strings written as `\u001b`, and with the commands to CI broken that
 * a line may hold anywhere: the same document, harmless in a terminal and in a log. The text is one that
 * `JSON.stringify` gave.
 */
export function printableJson(json: string): string {
  // Line breaks are the layout's own: inside a string JSON.stringify has escaped them.
  const unbroken = json.replace(UNPRINTABLE, (char) =>
    char === '\n'
      ? char
      : Array.from(
          { length: char.length },
          (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
  return unbroken.replace(/(##(?:vso|teamcity)?)\[/gi, '$1\\u005b');
}
