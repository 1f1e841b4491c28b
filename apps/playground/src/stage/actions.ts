/**
 * What a visitor can do to a domain. Each has a short code, so that a whole run fits into a link: the
 * seed, the number of daemons, and the list of what was done at which millisecond of virtual time.
 */

/** Something done to the domain; daemons and processes are counted from 1, and 0 is the name server. */
export type Action =
  | { readonly kind: 'kill' | 'start' | 'pause' | 'resume'; readonly daemon: number }
  | { readonly kind: 'cut' | 'heal'; readonly a: number; readonly b: number }
  | { readonly kind: 'kill-process' | 'start-process'; readonly process: number }
  | { readonly kind: 'send' | 'propose'; readonly process: number }
  | { readonly kind: 'mood'; readonly process: number; readonly mood: Mood }
  | { readonly kind: 'chatter'; readonly chatter: 'on' | 'off' };

/** How a process answers when it is asked for its vote. */
export type Mood = 'approves' | 'rejects' | 'is silent';

export interface TimedAction {
  readonly at: number;
  readonly action: Action;
}

/** Everything that makes a run what it is. */
export interface Script {
  readonly seed: number;
  readonly daemons: number;
  readonly actions: readonly TimedAction[];
}

const LETTERS = {
  kill: 'k',
  start: 'u',
  pause: 'p',
  resume: 'r',
  cut: 'c',
  heal: 'h',
  'kill-process': 'x',
  'start-process': 'y',
  send: 'm',
  propose: 'v',
  mood: 'w',
  chatter: 't',
} as const satisfies Readonly<Record<Action['kind'], string>>;

const MOODS = { approves: 'a', rejects: 'r', 'is silent': 's' } as const;

export function encodeAction(action: Action): string {
  const letter = LETTERS[action.kind];
  switch (action.kind) {
    case 'kill':
    case 'start':
    case 'pause':
    case 'resume':
      return `${letter}${action.daemon}`;
    case 'cut':
    case 'heal':
      return `${letter}${action.a}-${action.b}`;
    case 'mood':
      return `${letter}${action.process}${MOODS[action.mood]}`;
    case 'chatter':
      return `${letter}${action.chatter === 'on' ? 1 : 0}`;
    default:
      return `${letter}${action.process}`;
  }
}

const SHAPE = /^([a-z])(\d{1,2})(?:-(\d{1,2})|([ars]))?$/;

/** Undefined: it is no action of a domain with so many daemons. */
export function decodeAction(text: string, daemons: number): Action | undefined {
  const [, letter, first, second, mood] = SHAPE.exec(text) ?? [];
  const kind = kinds.find((each) => LETTERS[each] === letter);
  const number = Number(first);
  if (kind === undefined || number > daemons) return undefined;
  if ((second !== undefined) !== (kind === 'cut' || kind === 'heal')) return undefined;
  if ((mood !== undefined) !== (kind === 'mood')) return undefined;
  switch (kind) {
    case 'kill':
    case 'start':
    case 'pause':
    case 'resume':
      return { kind, daemon: number };
    case 'cut':
    case 'heal': {
      const other = Number(second);
      return other > daemons || other === number ? undefined : { kind, a: number, b: other };
    }
    case 'chatter':
      return number > 1 ? undefined : { kind, chatter: number === 1 ? 'on' : 'off' };
    case 'mood': {
      const meant = moods.find((each) => MOODS[each] === mood);
      return number === 0 || meant === undefined
        ? undefined
        : { kind, process: number, mood: meant };
    }
    default:
      return number === 0 ? undefined : { kind, process: number };
  }
}

const kinds: readonly Action['kind'][] = [
  'kill',
  'start',
  'pause',
  'resume',
  'cut',
  'heal',
  'kill-process',
  'start-process',
  'send',
  'propose',
  'mood',
  'chatter',
];

export const moods: readonly Mood[] = ['approves', 'rejects', 'is silent'];
