/** Text on its way into XML 1.0, which has no way at all to write most control characters. */

// Everything that XML 1.0's production Char leaves out, lone surrogates among them; DEL to U+009F are
// allowed, and discouraged.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|\p{Cs}/gu;

/** `text` with what XML cannot hold made visible: `\x1b`, `\u{d800}`. */
export function xmlChars(text: string): string {
  return text.replace(FORBIDDEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // In an attribute a parser turns these into spaces; a carriage return it would drop anywhere.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
  // After `##`, CI that reads the file would take it for a command.
  '[': '&#91;',
};

/** What an attribute's value cannot hold as it is. */
const UNQUOTED = /[&<>"\t\n\r]|(?<=##(?:vso|teamcity)?)\[/gi;

/** ` name="value"`. */
export function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const quoted = xmlChars(String(value)).replace(UNQUOTED, (char) => ENTITIES[char]);
      return ` ${name}="${quoted}"`;
    })
    .join('');
}

/** What CI takes for the beginning of a command. */
const COMMAND = /(?<=##(?:vso|teamcity)?)\[|(?<=^\s*:):/gim;

/**
 * A CDATA section, or as many as it takes: `]]>` would end it, and what CI takes for a command must not stand
 * there; both are divided between two.
 */
export function cdata(text: string): string {
  const divided = ']]><![CDATA[';
  const whole = xmlChars(text).replaceAll('\r', '\\r').replaceAll(']]>', `]]${divided}>`);
  return `<![CDATA[${whole.replace(COMMAND, (char) => divided + char)}]]>`;
}
