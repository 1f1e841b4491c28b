import type { DaemonId } from '@group-services/core';
import { entryBytes, type ToNameServer, utf8Length } from '@group-services/wire';
import type { DisconnectCode } from './inputs.js';

/**
 * Puts registrations and renewals together that come in pieces, since a frame has a limit and the number
 * of groups has none that would fit into it.
 *
 * All or nothing: half a registration would be worse than none, as groups that it does not name count as
 * lost. The pieces follow each other at once on one connection, with nothing in between, and end with it.
 */
export class Gathering {
  readonly #limits: GatheringLimits;
  readonly #unfinished = new Map<DaemonId, Unfinished>();
  #bytes = 0;

  constructor(limits: GatheringLimits) {
    this.#limits = limits;
  }

  add(from: DaemonId, message: ToNameServer): Gathered {
    const unfinished = this.#unfinished.get(from);
    const isPiece = message.kind === 'register' || message.kind === 'renew';
    if (unfinished === undefined && (!isPiece || message.more !== true)) {
      return { kind: 'whole', message };
    }
    const [first] = unfinished?.pieces ?? [];
    if (!isPiece || (first !== undefined && !belongsTo(first, message))) {
      const text = `did not finish what it said in pieces: ${first?.kind} was followed by ${message.kind}`;
      return { kind: 'refused', code: 'malformed', text };
    }
    const known = unfinished ?? { pieces: [], groups: 0, bytes: 0 };
    this.#unfinished.set(from, known);
    this.#take(known, message);
    const tooMuch = this.#tooMuch(known);
    if (tooMuch !== undefined) return { kind: 'refused', code: 'overloaded', text: tooMuch };
    if (message.more === true) return { kind: 'waits' };
    this.forget(from);
    return { kind: 'whole', message: whole(known.pieces, message) };
  }

  /** Its connection is over, or another one: what it had begun to say is void. */
  forget(daemon: DaemonId): void {
    this.#bytes -= this.#unfinished.get(daemon)?.bytes ?? 0;
    this.#unfinished.delete(daemon);
  }

  #take(unfinished: Unfinished, piece: Piece): void {
    const bytes = pieceBytes(piece);
    unfinished.pieces.push(piece);
    unfinished.groups += piece.holdings.length + seenOf(piece).length;
    unfinished.bytes += bytes;
    this.#bytes += bytes;
  }

  #tooMuch({ groups }: Unfinished): string | undefined {
    const { groups: groupsMax, gatheredBytes } = this.#limits;
    if (groups > 2 * groupsMax) {
      return `the daemon names more than ${2 * groupsMax} groups, twice as many as a domain may have`;
    }
    if (this.#bytes <= gatheredBytes) return undefined;
    const what = `registrations of more than ${gatheredBytes} bytes have begun and are not complete`;
    return `${what}; to be tried again when others are done`;
  }
}

type Register = Extract<ToNameServer, { readonly kind: 'register' }>;
type Renew = Extract<ToNameServer, { readonly kind: 'renew' }>;
type Piece = Register | Renew;

/** What a message comes to. */
export type Gathered =
  | { readonly kind: 'whole'; readonly message: ToNameServer }
  /** A piece: nothing of it counts before the last one is there. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'refused'; readonly code: DisconnectCode; readonly text: string };

interface Unfinished {
  readonly pieces: Piece[];
  groups: number;
  bytes: number;
}

export interface GatheringLimits {
  /** Groups that one daemon registers, and as many that it says to have been in. */
  readonly groups: number;
  /** Estimated bytes of all that is not finished, over all daemons. */
  readonly gatheredBytes: number;
}

/** Keys, numbers and the membership around the name of a group. */
const HOLDING_OVERHEAD = 192;

/** Whether a piece goes on with what another one began. */
function belongsTo(first: Piece, piece: Piece): boolean {
  if (first.kind === 'register') return piece.kind === 'register' && piece.epoch === first.epoch;
  return piece.kind === 'renew' && piece.number === first.number;
}

function whole(pieces: readonly Piece[], last: Piece): Piece {
  if (last.kind === 'renew') {
    const holdings = pieces.flatMap((piece) => piece.holdings);
    const { kind, number, starts } = last;
    return { kind, number, holdings, ...(starts !== undefined && { starts }) };
  }
  const { kind, epoch, served } = last;
  const registers = pieces.filter((piece) => piece.kind === 'register');
  const holdings = registers.flatMap((piece) => piece.holdings);
  return { kind, epoch, holdings, seen: registers.flatMap(seenOf), served };
}

function seenOf(piece: Piece): NonNullable<Register['seen']> {
  return piece.kind === 'register' ? (piece.seen ?? []) : [];
}

function pieceBytes(piece: Piece): number {
  let bytes = 0;
  for (const { group } of piece.holdings) bytes += utf8Length(group) + HOLDING_OVERHEAD;
  for (const { group } of seenOf(piece)) bytes += utf8Length(group) + HOLDING_OVERHEAD;
  if (piece.kind === 'register') {
    for (const { entry } of piece.holdings) bytes += entryBytes(entry);
  }
  return bytes;
}
