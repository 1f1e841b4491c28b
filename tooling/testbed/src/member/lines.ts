// What a member program and its test say to each other.

export interface Job {
  readonly endpoint: string;
  readonly group: string;
  readonly instance: string;
}

export type Command =
  /** Join, and join again after every loss. */
  | { readonly do: 'join' }
  /** Send numbered messages, a few at a time, until told to rest. */
  | { readonly do: 'flow' }
  /** Answered by `rested` when the outcome of every message is known. */
  | { readonly do: 'rest'; readonly id: number }
  /** Answered by `done` when the outcome is known. */
  | { readonly do: 'state'; readonly id: number; readonly value: string }
  /** Answered by `done`: `ok`, or the code of the error. */
  | { readonly do: 'groups'; readonly id: number };

export interface PlainView {
  readonly version: number;
  readonly fence: string;
  readonly providers: readonly string[];
}

/** An event of the SDK as JSON: bytes are text. */
export type PlainEvent =
  | {
      readonly type: 'snapshot';
      readonly position: number;
      readonly view: PlainView;
      readonly state: string | null;
    }
  | {
      readonly type: 'membership';
      readonly position: number;
      readonly view: PlainView;
      readonly left: ReadonlyArray<{ readonly provider: string; readonly reason: string }>;
      readonly joined: readonly string[];
    }
  | {
      readonly type: 'state';
      readonly position: number;
      readonly value: string;
      readonly previous: string | null;
    }
  | {
      readonly type: 'message';
      readonly position: number;
      readonly from: string;
      readonly text: string;
    }
  | { readonly type: 'removed'; readonly position: number; readonly reason: string }
  | { readonly type: 'other'; readonly position: number; readonly name: string };

/** `approved`, or the code of the error with which the promise was rejected. */
export type Outcome = string;

export type Line =
  | {
      readonly kind: 'joined';
      readonly life: number;
      readonly provider: string;
      readonly view: PlainView;
      readonly gap: string | null;
    }
  | { readonly kind: 'event'; readonly life: number; readonly event: PlainEvent }
  | { readonly kind: 'sent'; readonly text: string }
  | { readonly kind: 'settled'; readonly text: string; readonly outcome: Outcome }
  | { readonly kind: 'rested'; readonly id: number }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: Outcome };
