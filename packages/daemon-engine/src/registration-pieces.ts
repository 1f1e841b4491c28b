import type { GroupName } from '@group-services/core';
import { entryBytes, inPieces, type ToNameServer, utf8Length } from '@group-services/wire';

export type Register = Extract<ToNameServer, { readonly kind: 'register' }>;
export type Renew = Extract<ToNameServer, { readonly kind: 'renew' }>;
type Registered = Register['holdings'][number];
type Seen = NonNullable<Register['seen']>[number];

/** Keys, numbers and the membership around the name of a group that is held, or was. */
const HOLDING_OVERHEAD = 192;
const SEEN_OVERHEAD = 48;

type Part = { readonly held: Registered } | { readonly seen: Seen };

/**
 * A registration or a renewal as it travels: one of thousands of groups is longer than a frame may be,
 * so it is said in pieces. The name server takes them for one message once the last one is there.
 */
export function registerInPieces(whole: Register, bytesMax: number): readonly Register[] {
  const { kind, epoch, holdings, seen = [], served } = whole;
  const parts: Part[] = [
    ...holdings.map((held) => ({ held })),
    ...seen.map((one) => ({ seen: one })),
  ];
  const pieces = inPieces(parts, partBytes, bytesMax);
  return pieces.map((piece, index) => {
    const isLast = index === pieces.length - 1;
    const ofSeen = piece.flatMap((part) => ('seen' in part ? [part.seen] : []));
    return {
      kind,
      epoch,
      holdings: piece.flatMap((part) => ('held' in part ? [part.held] : [])),
      ...(ofSeen.length > 0 && { seen: ofSeen }),
      ...(isLast && served !== undefined && { served }),
      ...(!isLast && { more: true as const }),
    };
  });
}

export function renewInPieces(
  { kind, number, holdings, starts }: Renew,
  bytesMax: number,
): readonly Renew[] {
  const pieces = inPieces(holdings, holdingBytes, bytesMax);
  return pieces.map((piece, index) => ({
    kind,
    number,
    holdings: piece,
    ...(index === pieces.length - 1 && starts !== undefined && { starts }),
    ...(index < pieces.length - 1 && { more: true as const }),
  }));
}

function partBytes(part: Part): number {
  if ('seen' in part) return utf8Length(part.seen.group) + SEEN_OVERHEAD;
  return holdingBytes(part.held) + entryBytes(part.held.entry);
}

function holdingBytes({ group }: { readonly group: GroupName }): number {
  return utf8Length(group) + HOLDING_OVERHEAD;
}
