import type { DeadlineReached, LogOutput } from '@group-services/core';
import type { Table, TableRecord } from '../table.js';
import type { LeadAnswer, LeadRequest, StoredKey } from './requests.js';
import type { StoredTable } from './table-keys.js';

/** What a `LeadEngine` is told. */
export type LeadInput =
  | DeadlineReached
  | { readonly kind: 'start' }
  | { readonly kind: 'answered'; readonly number: number; readonly answer: LeadAnswer }
  /** No answer came in time, or an error: it may have been done, be done later, or never. */
  | { readonly kind: 'failed'; readonly number: number; readonly why: string }
  /** A watch on the key says who is active now; it may be late, or say nothing at all. */
  | { readonly kind: 'holder'; readonly holder: string | undefined }
  /** To be kept before it is answered with `written`; only while active, and one at a time. */
  | { readonly kind: 'write'; readonly records: readonly TableRecord[] }
  /** An operator wants another one to be active. */
  | { readonly kind: 'stepDown' }
  | { readonly kind: 'close' };

/** What a `LeadEngine` wants done, in order. */
export type LeadOutput =
  | {
      readonly kind: 'request';
      readonly number: number;
      readonly request: LeadRequest;
      /** When there is no answer by then it has `failed`. */
      readonly timeoutMs: number;
    }
  /** From now on this one answers. */
  | { readonly kind: 'activated'; readonly stored: StoredTable }
  | { readonly kind: 'written' }
  /** It answers no more, closes its connections, and forgets what it was about to say. */
  | { readonly kind: 'deposed'; readonly why: string }
  /** Who is active, as far as is known; undefined: nobody. */
  | { readonly kind: 'holder'; readonly holder: string | undefined }
  /** What is in etcd cannot be used: an operator has to do something first. */
  | { readonly kind: 'unusable'; readonly text: string }
  | { readonly kind: 'closed' }
  | LogOutput;

export interface LeadOptions {
  /** What the key says while this one is active: tells instances apart, and daemons where to go. */
  readonly self: string;
  readonly leaseMs: number;
  /** What a store that is made anew is called and begins with. */
  readonly initial: { readonly store: string; readonly table?: Table | undefined };
  /** Reads a table out of its keys; `empty`: there is none yet. */
  readonly decode: (keys: readonly StoredKey[]) => DecodedTable;
}

export type DecodedTable =
  | { readonly kind: 'table'; readonly stored: StoredTable }
  | { readonly kind: 'empty' }
  | { readonly kind: 'damaged'; readonly text: string };
