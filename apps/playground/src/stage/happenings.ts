import type { Entry } from '@group-services/wire';

/**
 * What happens in a run, as far as it belongs to the story: told by the engines themselves, by what
 * processes hear, and by what the visitor does. Places are `n1`, `ns` for the name server, `A` for a
 * process.
 */
export type Happening = { readonly at: number } & Told;

export type Told =
  | { readonly kind: 'up' | 'down' | 'paused' | 'resumed'; readonly place: string }
  | { readonly kind: 'cut' | 'healed'; readonly a: string; readonly b: string }
  | { readonly kind: 'suspects'; readonly by: string; readonly peer: string; readonly why: string }
  | { readonly kind: 'alive'; readonly by: string; readonly peer: string }
  | { readonly kind: 'contact'; readonly by: string; readonly contact: 'lost' | 'back' }
  /** It asks the name server to become leader. */
  | { readonly kind: 'claims'; readonly by: string }
  /** The name server has accepted a new entry. */
  | { readonly kind: 'accepted'; readonly entry: Entry; readonly change: Change }
  | { readonly kind: 'asks'; readonly by: string; readonly whom: string; readonly version: number }
  | {
      readonly kind: 'promises';
      readonly by: string;
      readonly to: string;
      readonly version: number;
      /** How far it has the stream; null: it is joining and has nothing yet. */
      readonly upTo: number | null;
    }
  | { readonly kind: 'fetches'; readonly by: string }
  | { readonly kind: 'took-over'; readonly by: string }
  | { readonly kind: 'deposed'; readonly by: string }
  | { readonly kind: 'woke'; readonly by: string }
  | {
      readonly kind: 'view';
      readonly by: string;
      readonly entry: Entry;
      readonly position: number;
    }
  | { readonly kind: 'snapshot'; readonly by: string; readonly position: number }
  | { readonly kind: 'membership-over'; readonly by: string; readonly why: string }
  | { readonly kind: 'proposes'; readonly by: string }
  | { readonly kind: 'votes'; readonly by: string; readonly value: 'approve' | 'reject' }
  | { readonly kind: 'ballot'; readonly by: string; readonly protocol: string }
  | { readonly kind: 'heard'; readonly by: string; readonly cell: Cell }
  | { readonly kind: 'lost'; readonly by: string };

/** What is new about an entry of the name server. */
export type Change = 'formed' | 'leader' | 'members';

/** One place in the group's order, as a process hears it. */
export interface Cell {
  /** Larger means later, over all lives of the group. */
  readonly place: number;
  readonly what: CellKind;
  readonly text: string;
  /** The process that it comes from, or is about. */
  readonly from: string | undefined;
  readonly title: string;
  /** The processes on the list after it, if it changed the list. */
  readonly list: readonly string[] | undefined;
  /** The state value after it, if it changed that. */
  readonly state: string | undefined;
}

export type CellKind = 'message' | 'join' | 'gone' | 'state' | 'rejected' | 'snapshot';
