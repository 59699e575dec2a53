import { Bytes } from '../bytes.js';

/** `.debug_line` (DWARF 4): which line of which file an address of the code was made of. */

export interface CLine {
  readonly file: string;
  readonly line: number;
}

interface Row extends CLine {
  readonly address: number;
  readonly isEnd: boolean;
}

interface Header {
  readonly minimum: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly lengths: readonly number[];
  readonly files: readonly string[];
}

export class LineTable {
  private readonly rows: readonly Row[];

  constructor(section: Uint8Array | undefined) {
    const rows: Row[] = [];
    const bytes = new Bytes(section ?? new Uint8Array());
    while (!bytes.done) {
      const end = bytes.u32() + bytes.at;
      for (const row of readUnit(new Bytes(bytes.data, bytes.at, end))) rows.push(row);
      bytes.at = end;
    }
    this.rows = rows.sort((a, b) => a.address - b.address);
  }

  /** Null for code that no line was made of (line 0: the compiler's own). */
  at(address: number): CLine | null {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.rows[middle].address <= address) low = middle;
      else high = middle - 1;
    }
    const row = this.rows[low] as Row | undefined;
    if (row === undefined || row.address > address || row.isEnd || row.line === 0) return null;
    return { file: row.file, line: row.line };
  }
}

function readUnit(bytes: Bytes): Row[] {
  if (bytes.u16() !== 4) throw new Error('a line table of another version than DWARF 4');
  const program = bytes.u32() + bytes.at;
  const header = readHeader(bytes);
  bytes.at = program;
  return runProgram(bytes, header);
}

function readHeader(bytes: Bytes): Header {
  const minimum = bytes.u8();
  bytes.u8(); // operations an instruction
  bytes.u8(); // whether lines are statements
  const lineBase = (bytes.u8() << 24) >> 24;
  const lineRange = bytes.u8();
  const opcodeBase = bytes.u8();
  const lengths = [0, ...bytes.take(opcodeBase - 1)];
  const folders = [''];
  for (let name = bytes.cString(); name !== ''; name = bytes.cString()) folders.push(name);
  const files = [''];
  for (let name = bytes.cString(); name !== ''; name = bytes.cString()) {
    const folder = folders[bytes.uleb()] ?? '';
    bytes.uleb();
    bytes.uleb();
    files.push(folder === '' || name.startsWith('/') ? name : `${folder}/${name}`);
  }
  return { minimum, lineBase, lineRange, opcodeBase, lengths, files };
}

/** The line-number program (DWARF 4, 6.2.5). */
function runProgram(bytes: Bytes, header: Header): Row[] {
  const rows: Row[] = [];
  let [address, file, line] = [0, 1, 1];
  const emit = (isEnd = false): void => {
    rows.push({ address, file: header.files[file] ?? '', line, isEnd });
  };
  const advance = (opcode: number): void => {
    address += Math.floor((opcode - header.opcodeBase) / header.lineRange) * header.minimum;
  };
  while (!bytes.done) {
    const opcode = bytes.u8();
    if (opcode >= header.opcodeBase) {
      advance(opcode);
      line += header.lineBase + ((opcode - header.opcodeBase) % header.lineRange);
      emit();
    } else if (opcode === 0) {
      const end = bytes.uleb() + bytes.at;
      const extended = bytes.u8();
      if (extended === 1) {
        emit(true);
        [address, file, line] = [0, 1, 1];
      } else if (extended === 2) address = bytes.u32();
      bytes.at = end;
    } else if (opcode === 1) emit();
    else if (opcode === 2) address += bytes.uleb() * header.minimum;
    else if (opcode === 3) line += bytes.sleb();
    else if (opcode === 4) file = bytes.uleb();
    else if (opcode === 8) advance(255);
    else if (opcode === 9) address += bytes.u16();
    else for (let left = header.lengths[opcode]; left > 0; left--) bytes.uleb();
  }
  return rows;
}
