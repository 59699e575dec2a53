/** Damage as disks, editors and transfers do it: to bytes, whatever they mean. */

export type Random = (bound: number) => number;

/** Texts that terminals, encodings and parsers take for more than text. */
export const NASTY: readonly string[] = [
  '\u001b[2J\u001b[31m',
  '\u001b]8;;http://example.com\u0007link\u001b]8;;\u0007',
  '\u009b2J',
  '\u202egnp.exe',
  '\u2066x\u2069',
  'a\rb',
  'a\bb',
  '\u0000',
  '\u2028',
  '\ufeff',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  '\ud83d\ude00',
  '日本語',
  '../../etc/passwd',
  '$(id)',
  '%s%n',
  '',
];

export function mutateBytes(original: Buffer, random: Random): Buffer {
  let bytes = original;
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const length = random(random(4) === 0 ? 2_000 : 20);
    const head = bytes.subarray(0, at);
    switch (random(11)) {
      case 0: // Bits flipped.
        bytes = Buffer.from(bytes);
        if (at < bytes.length) bytes[at] ^= 1 << random(8);
        break;
      case 1: // Bytes anew.
        bytes = Buffer.from(bytes);
        for (let i = at; i < Math.min(bytes.length, at + 1 + random(4)); i++) bytes[i] = random(256);
        break;
      case 2:
        bytes = head;
        break;
      case 3:
        bytes = Buffer.concat([head, bytes.subarray(at + length)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([head, Buffer.from(NASTY[random(NASTY.length)] ?? ''), bytes.subarray(at)]);
        break;
      case 6: // Zeroes, as a power cut leaves them.
        bytes = Buffer.concat([head, Buffer.alloc(length), bytes.subarray(at + length)]);
        break;
      case 7:
        bytes = Buffer.concat([Buffer.from('\ufeff'), bytes]);
        break;
      case 8:
        bytes = Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
        break;
      case 9: // Another encoding.
        bytes =
          random(2) === 0
            ? Buffer.from(bytes.toString('utf8'), 'utf16le')
            : Buffer.from(bytes.toString('utf8'), 'latin1');
        break;
      default: // A line moved.
        bytes = moveLine(bytes, random);
    }
  }
  return bytes;
}

function moveLine(bytes: Buffer, random: Random): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const [line = ''] = lines.splice(random(lines.length), 1);
  lines.splice(random(lines.length + 1), 0, line);
  return Buffer.from(lines.join('\n'), 'latin1');
}
