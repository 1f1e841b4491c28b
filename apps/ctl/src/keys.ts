import { createInterface, emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';

/** What a person wants: a vote, or out. */
export type Wish = 'approve' | 'continue' | 'reject' | 'quit';

const WISHES: Readonly<Record<string, Wish>> = {
  a: 'approve',
  c: 'continue',
  r: 'reject',
  q: 'quit',
};

export const KEYS_HELP = 'Keys: a approve, c continue, r reject, q leave.';

/**
 * Calls `tell` for every key that means something: single keys of a terminal, first letters of lines
 * otherwise. The end of the input, Ctrl-C and Ctrl-D mean quit. Returns what stops it.
 */
export function readWishes(input: ReadStream, tell: (wish: Wish) => void): () => void {
  return input.isTTY ? fromKeys(input, tell) : fromLines(input, tell);
}

function fromKeys(input: ReadStream, tell: (wish: Wish) => void): () => void {
  emitKeypressEvents(input);
  input.setRawMode(true);
  const onKey = (_text: string | undefined, { ctrl, name }: Key): void => {
    const wish = ctrl === true ? quitOf(name) : WISHES[name ?? ''];
    if (wish !== undefined) tell(wish);
  };
  input.on('keypress', onKey);
  input.resume();
  return () => {
    input.off('keypress', onKey);
    input.setRawMode(false);
    input.pause();
  };
}

function quitOf(name: string | undefined): Wish | undefined {
  return name === 'c' || name === 'd' ? 'quit' : undefined;
}

function fromLines(input: ReadStream, tell: (wish: Wish) => void): () => void {
  const lines = createInterface({ input });
  let isOver = false;
  lines.on('line', (line) => {
    const wish = WISHES[line.trim().slice(0, 1).toLowerCase()];
    if (wish !== undefined) tell(wish);
  });
  lines.on('close', () => {
    if (!isOver) tell('quit');
  });
  return () => {
    isOver = true;
    lines.close();
  };
}
