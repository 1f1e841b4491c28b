import { crc32 } from 'node:zlib';

/**
 * The lines that the files of a store are made of:
 *
 * ```
 * 0000002b 1f8e 9ab3c0d1 {"kind":"gone", …}
 * length   |    checksum content, and the end of the line
 *          checksum of the length
 * ```
 *
 * All in hexadecimal; the length is that of the content in bytes. A checksum goes on from that of the line
 * before, so that lines can be neither left out nor exchanged; the first one goes on from a seed that
 * names the file. The length has a checksum of its own, since a wrong one would make a whole line look
 * like one that a crash has cut off.
 */

const HEAD_BYTES = 23;
const HEAD = /^([0-9a-f]{8}) ([0-9a-f]{4}) ([0-9a-f]{8}) $/u;

/** One line and the checksum that the next one goes on from. */
export interface WrittenLine {
  readonly text: string;
  readonly checksum: number;
}

/** What stands at one place of a file. */
export type ReadLine =
  | {
      readonly kind: 'line';
      readonly value: unknown;
      readonly end: number;
      readonly checksum: number;
    }
  /** The file ends before the line does: what a crash leaves of a write. */
  | { readonly kind: 'torn' }
  | { readonly kind: 'damaged'; readonly what: string };

/** The checksum that the first line of a file goes on from. */
export function seedOf(...names: readonly (string | number)[]): number {
  return crc32(names.join(' '));
}

export function writeLine(value: unknown, before: number): WrittenLine {
  const json = JSON.stringify(value);
  const length = hex(Buffer.byteLength(json), 8);
  const checksum = crc32(json, before);
  return { text: `${length} ${lengthCheck(length)} ${hex(checksum, 8)} ${json}\n`, checksum };
}

/** Reads the line that begins at an offset. */
export function readLine(content: Buffer, at: number, before: number): ReadLine {
  if (content.length - at < HEAD_BYTES) {
    return isBeginning(content.toString('latin1', at)) ? { kind: 'torn' } : bad('no line begins');
  }
  const head = HEAD.exec(content.toString('latin1', at, at + HEAD_BYTES));
  const [, length = '', check, sum] = head ?? [];
  if (head === null || check !== lengthCheck(length)) return bad('no line begins');
  const end = at + HEAD_BYTES + Number.parseInt(length, 16);
  if (content.length <= end) return { kind: 'torn' };
  const json = content.subarray(at + HEAD_BYTES, end);
  const checksum = crc32(json, before);
  if (content[end] !== 0x0a || hex(checksum, 8) !== sum) return bad('the checksum does not fit');
  try {
    return { kind: 'line', value: JSON.parse(json.toString('utf8')), end: end + 1, checksum };
  } catch {
    return bad('the content is no JSON');
  }
}

/** Whether a piece shorter than a head can be the beginning of one. */
function isBeginning(piece: string): boolean {
  const full = '00000000 0000 00000000 ';
  return [...piece].every((character, index) =>
    full[index] === ' ' ? character === ' ' : /[0-9a-f]/u.test(character),
  );
}

function bad(what: string): ReadLine {
  return { kind: 'damaged', what: `${what} there` };
}

function lengthCheck(length: string): string {
  return hex(crc32(length) >>> 16, 4);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
