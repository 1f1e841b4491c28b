import type { Entry } from './entry.js';
import { utf8Length } from './limits.js';

/**
 * What grows with the number of groups travels in pieces: a frame has a limit, and one that is longer
 * closes its link before it is read. Sizes are estimated, never too low by half, so that a piece of an
 * eighth of a frame fits whatever is in it.
 */
export const PIECE_BYTES = 256 * 1024;

/** Keys, numbers and prefixes around the texts of a member and of an entry. */
const MEMBER_OVERHEAD = 48;
const ENTRY_OVERHEAD = 96;

/** About as many bytes as an entry has in a frame. */
export function entryBytes(entry: Entry): number {
  let bytes = utf8Length(entry.group) + ENTRY_OVERHEAD;
  for (const member of entry.members) {
    bytes += member.id.length + utf8Length(member.address) + MEMBER_OVERHEAD;
  }
  return bytes;
}

/**
 * The same things in the same order, in pieces of at most so many bytes, or of a single one that has more.
 * There is always one piece, if only an empty one.
 */
export function inPieces<T>(
  all: readonly T[],
  bytesOf: (one: T) => number,
  bytesMax: number = PIECE_BYTES,
): T[][] {
  let piece: T[] = [];
  const pieces = [piece];
  let bytes = 0;
  for (const one of all) {
    const more = bytesOf(one);
    if (piece.length > 0 && bytes + more > bytesMax) {
      piece = [];
      pieces.push(piece);
      bytes = 0;
    }
    piece.push(one);
    bytes += more;
  }
  return pieces;
}
