/**
 * A small parser of XML 1.0 that refuses what the standard refuses (of what can occur here: no DTD, no
 * namespaces, no comments).
 */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const NAME = /[A-Za-z_][\w.-]*/y;
const CHAR = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function parseXml(source: string): Element {
  // Lone surrogates cannot be encoded at all; everything else must be a Char.
  if (!CHAR.test(source)) throw new Error('a character that XML 1.0 has no way to write');
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${JSON.stringify(source.slice(at, at + 40))}`);
  };
  const take = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const expect = (text: string): void => {
    if (!take(text)) fail(`expected ${text}`);
  };
  const name = (): string => {
    NAME.lastIndex = at;
    const found = NAME.exec(source)?.[0] ?? fail('expected a name');
    at += found.length;
    return found;
  };
  const space = (): number => {
    const from = at;
    while (' \t\r\n'.includes(source[at]) && at < source.length) at++;
    return at - from;
  };
  const decode = (raw: string): string =>
    raw.replace(/&([^;]*;?)/g, (_, body: string) => {
      const number = /^#(\d+);$/.exec(body);
      if (number !== null) return String.fromCodePoint(Number(number[1]));
      return (
        (body.endsWith(';') ? ENTITIES[body.slice(0, -1)] : undefined) ??
        fail(`a bare & or unknown entity &${body}`)
      );
    });

  const element = (): Element => {
    expect('<');
    const tag = name();
    const attributes: Record<string, string> = {};
    for (;;) {
      const gap = space();
      if (take('/>')) return { name: tag, attributes, children: [], text: '' };
      if (take('>')) break;
      if (gap === 0) fail('expected a space');
      const key = name();
      if (key in attributes) fail(`twice the attribute ${key}`);
      expect('="');
      const end = source.indexOf('"', at);
      const raw = source.slice(at, end);
      if (end < 0 || raw.includes('<') || /[\n\t\r]/.test(raw)) fail('bad attribute value');
      attributes[key] = decode(raw);
      at = end + 1;
    }
    const children: Element[] = [];
    let text = '';
    for (;;) {
      if (take('<![CDATA[')) {
        const end = source.indexOf(']]>', at);
        if (end < 0) fail('an open CDATA section');
        text += source.slice(at, end);
        at = end + 3;
      } else if (source.startsWith('</', at)) {
        at += 2;
        if (name() !== tag) fail(`expected </${tag}>`);
        space();
        expect('>');
        return { name: tag, attributes, children, text };
      } else if (source[at] === '<') children.push(element());
      else {
        const end = source.indexOf('<', at);
        if (end < 0) fail('the end of the text');
        const raw = source.slice(at, end);
        if (raw.includes(']]>')) fail(']]> in text');
        text += decode(raw);
        at = end;
      }
    }
  };

  expect('<?xml version="1.0" encoding="UTF-8"?>');
  space();
  const root = element();
  space();
  if (at !== source.length) fail('something after the root');
  return root;
}
