/**
 * Parts of a recording with lines dropped, doubled, swapped, on other CPUs, with other values: anything that
 * a file can hold.
 */

/** Deterministic numbers below a bound (xorshift32). */
export function generator(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}

const STAMP = /^(.{1,60}?\[)(\d+)(\] )(\S+)( +)(\d+\.\d{6})(: .*)$/;
const NUMBERS = ['=0x0', '=0xffffffffffffffff', '=0x3', '=0x7', '=0xe'];

/** 40 to 400 lines of `lines` with one to six changes, and times put in order again. */
export function scramble(lines: readonly string[], random: (bound: number) => number): string {
  const from = random(Math.max(1, lines.length - 400));
  const part = lines.slice(from, from + 40 + random(360));
  for (let changes = 1 + random(6); changes > 0 && part.length > 10; changes--) {
    const at = random(part.length);
    const line = part[at];
    const kind = random(7);
    if (kind === 0) part.splice(at, 1 + random(3));
    else if (kind === 1) part.splice(at, 0, line);
    else if (kind === 2) part.splice(at, 1, part[random(part.length)]);
    else if (kind === 3) part[at] = line.replace(/\[\d+\]/, `[00${random(6)}]`);
    else if (kind === 4) part[at] = line.replace(/=(\d{1,3})\b/, () => `=${random(300)}`);
    else if (kind === 5) part[at] = line.replace(/=0x[0-9a-f]+/, () => NUMBERS[random(NUMBERS.length)]);
    else part[at] = line.replace(/ d\.\.2\. /, ' d.h2. ').replace(/ \.\.\.1\. /, ' d.h1. ');
  }
  const stamp = (line: string, index: number): string =>
    line.replace(
      STAMP,
      (_, a, cpu, b, flags, c, __, rest) =>
        `${a}${cpu}${b}${flags}${c}1.${String(index).padStart(6, '0')}${rest}`,
    );
  return `${part.map(stamp).join('\n')}\n`;
}
