// What the operator is about to do, from the button to the result: one thing at a time.
import { signal } from '@preact/signals';
import { act, read } from './api/http.js';
import {
  type DrainProgress,
  drainedText,
  isEmptied,
  outcomeText,
  type Wish,
  type WishAnswer,
  wishText,
} from './model/wishes.js';
import { pollSoon } from './store.js';

export type Doing =
  | { readonly kind: 'asking' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'done'; readonly text: string; readonly isOver: boolean };

/** What a dialog is open for. */
export const wished = signal<Wish | undefined>(undefined);
export const doing = signal<Doing>({ kind: 'asking' });

/** How often a drain is looked at while its dialog is open. */
const LOOK_EVERY_MS = 1_000;

export function wish(wanted: Wish): void {
  doing.value = { kind: 'asking' };
  wished.value = wanted;
}

export function forgetWish(): void {
  wished.value = undefined;
}

/** Asks the program to do it. */
export async function perform(wanted: Wish, reason: string): Promise<void> {
  const { path } = wishText(wanted);
  const why = reason === '' ? '' : `&reason=${encodeURIComponent(reason)}`;
  doing.value = { kind: 'waiting' };
  const begun = performance.now();
  try {
    const answer = await act<WishAnswer>(path + why);
    const text = outcomeText(wanted, answer, performance.now() - begun);
    if (wished.value !== wanted) return;
    const isOver = answer.report === undefined || isEmptied(answer.report);
    doing.value = { kind: 'done', text, isOver };
    if (wanted.kind === 'drain' && !isOver) void follow(wanted);
  } catch (error) {
    if (wished.value === wanted) doing.value = { kind: 'failed', why: whyOf(error) };
  } finally {
    pollSoon();
  }
}

/** Tells how far a drain is for as long as its dialog is open. */
async function follow(wanted: Extract<Wish, { kind: 'drain' }>): Promise<void> {
  const { node } = wanted;
  while (wished.value === wanted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (wished.value !== wanted) return;
    try {
      const answer = await read<
        { readonly report: DrainProgress } | { readonly ok: false; readonly why: string }
      >(`api/drain?node=${encodeURIComponent(node)}`);
      if (wished.value !== wanted) return;
      const isOver = 'report' in answer && isEmptied(answer.report);
      const text = 'report' in answer ? drainedText(node, answer.report) : answer.why;
      doing.value = { kind: 'done', text, isOver };
      if (isOver) return;
    } catch (error) {
      doing.value = { kind: 'failed', why: whyOf(error) };
      return;
    }
  }
}

function whyOf(error: unknown): string {
  const said =
    error instanceof Error && error.message !== '' ? error.message : 'it does not answer';
  return `Not done: ${said}`;
}
