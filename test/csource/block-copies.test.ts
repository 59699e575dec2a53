import { describe, expect, it } from 'vitest';
import { withWordCopies } from '../../src/csource/block-copies.js';

const typed = (from: string, bytes: number, align = 4): string =>
  `  call void @llvm.memcpy.p0i8.p0i8.i32(i8* align ${align} %17, i8* align ${align} ${from}, ` +
  `i32 ${bytes}, i1 false), !dbg !7`;

describe('a structure that is copied as a whole', () => {
  it('is copied word for word, each with its line of C', () => {
    const from = 'bitcast ({ i32, i8* }* @__const.f.x to i8*)';
    expect(withWordCopies(typed(from, 8)).split('\n')).toEqual(
      [0, 4].flatMap((at) => [
        `  %lab.copy.0.${at}.from = getelementptr i8, i8* ${from}, i32 ${at}, !dbg !7`,
        `  %lab.copy.0.${at}.from.word = bitcast i8* %lab.copy.0.${at}.from to i32*, !dbg !7`,
        `  %lab.copy.0.${at}.word = load i32, i32* %lab.copy.0.${at}.from.word, align 4, !dbg !7`,
        `  %lab.copy.0.${at}.to = getelementptr i8, i8* %17, i32 ${at}, !dbg !7`,
        `  %lab.copy.0.${at}.to.word = bitcast i8* %lab.copy.0.${at}.to to i32*, !dbg !7`,
        `  store i32 %lab.copy.0.${at}.word, i32* %lab.copy.0.${at}.to.word, align 4, !dbg !7`,
      ]),
    );
  });

  it('is filled with zeros word for word, without types of pointers too', () => {
    const call = '  call void @llvm.memset.p0.i32(ptr noundef align 4 %5, i8 0, i32 4, i1 false), !dbg !9';
    expect(withWordCopies(call).split('\n')).toEqual([
      '  %lab.copy.0.0.to = getelementptr i8, ptr %5, i32 0, !dbg !9',
      '  store i32 0, ptr %lab.copy.0.0.to, align 4, !dbg !9',
    ]);
  });

  it.each([
    ['of bytes', typed('%3', 7)],
    ['that is not aligned', typed('%3', 8, 1)],
    ['larger than any structure', typed('%3', 4096)],
    ['filled with something else', '  call void @llvm.memset.p0.i32(ptr align 4 %5, i8 1, i32 4, i1 false)'],
    ['that is something else', '  call void @other(ptr align 4 %5, i8 0, i32 4, i1 false)'],
  ])('is left where it is one %s', (_, call) => {
    expect(withWordCopies(call)).toBe(call);
  });
});
