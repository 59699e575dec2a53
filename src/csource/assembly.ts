import { InputError } from '../vocabulary/errors.js';

/**
 * Inline assembly of x86, in the compiler's own language between C and machine code: what the lab knows
 * becomes a call of its operation, an empty one (a barrier of the compiler) stays, anything else is an error
 * with its line.
 */

const CALL = new RegExp(
  /^(.*?\b)(?:tail |notail |musttail )?call (\S+) asm /.source +
    /(?:sideeffect )?(?:alignstack )?(?:inteldialect )?/.source +
    /"((?:[^"\\]|\\.)*)", "([^"]*)"\(([^)]*)\)(.*)$/.source,
);
/** `invlpg (%0)` with the address in a register. */
const INVLPG = /^\s*invlpg \(\$0\)\s*$/;
const REGISTER = /^i32(?: noundef)? ([^,]+)$/;

/** The code with its assembly mapped. Throws InputError. */
export function mappedAssembly(code: string, root: string): string {
  const lines = code.split('\n');
  return lines
    .map((line) => {
      const match = CALL.exec(line);
      if (match === null) return line;
      const [, before, , assembly, , operands, after] = match;
      if (assembly.trim() === '') return line;
      const register = REGISTER.exec(operands.trim());
      if (INVLPG.test(assembly) && register !== null)
        return `${before}call void @lab_invlpg(i32 ${register[1]})${after.replace(/, !srcloc !\d+/, '')}`;
      const at = placeOf(after, lines, root);
      throw new InputError(
        `${at}inline assembly that the lab does not know: "${assembly}"`,
        'write it as a function or macro that a shim has',
      );
    })
    .join('\n');
}

/** Follows the debug information of an instruction to its file and line. */
function placeOf(after: string, lines: readonly string[], root: string): string {
  const entry = (number: string | undefined): string =>
    number === undefined ? '' : (lines.find((line) => line.startsWith(`!${number} = `)) ?? '');
  const location = entry(/!dbg !(\d+)/.exec(after)?.[1]);
  const line = /line: (\d+)/.exec(location)?.[1];
  let scope = entry(/scope: !(\d+)/.exec(location)?.[1]);
  for (let depth = 0; depth < 50 && scope !== ''; depth++) {
    const file = /filename: "([^"]*)"/.exec(entry(/\bfile: !(\d+)/.exec(scope)?.[1]))?.[1];
    if (file !== undefined) return `${file.replace(`${root}/`, '')}:${line ?? 0}: `;
    scope = entry(/scope: !(\d+)/.exec(scope)?.[1]);
  }
  return '';
}
