import { decodeAction, encodeAction, type Script, type TimedAction } from './actions.js';
import { DAEMONS_LEAST, DAEMONS_MOST } from './settings.js';

/**
 * A run as the fragment of a link, `#seed=7&daemons=3&do=1200k1.5000c1-0&at=6300`: whoever opens it gets
 * the very same run, up to the same instant. What is wrong in a link is left out; the rest still counts.
 */
export interface LinkedRun extends Script {
  /** Up to where it is played. */
  readonly at: number;
}

const ACTIONS_MAX = 500;
/** Ten minutes of virtual time: replaying more would keep a visitor waiting. */
const AT_MAX = 600_000;
const SEED_MAX = 0xffffffff;

export function writeLink({ seed, daemons, actions, at }: LinkedRun): string {
  const done = actions.map((each) => `${each.at}${encodeAction(each.action)}`).join('.');
  const parts = [`seed=${seed}`, `daemons=${daemons}`];
  if (done !== '') parts.push(`do=${done}`);
  parts.push(`at=${Math.ceil(at)}`);
  return `#${parts.join('&')}`;
}

/** Undefined when the fragment names no run. */
export function readLink(fragment: string): LinkedRun | undefined {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const seed = numberIn(fields.get('seed'), 0, SEED_MAX);
  if (seed === undefined) return undefined;
  const daemons = numberIn(fields.get('daemons'), DAEMONS_LEAST, DAEMONS_MOST) ?? DAEMONS_LEAST;
  const actions = readActions(fields.get('do') ?? '', daemons);
  const last = actions.at(-1)?.at ?? 0;
  const at = Math.max(last, numberIn(fields.get('at'), 0, AT_MAX) ?? 0);
  return { seed, daemons, actions, at };
}

function readActions(text: string, daemons: number): readonly TimedAction[] {
  const actions: TimedAction[] = [];
  let last = 0;
  for (const part of text.split('.').slice(0, ACTIONS_MAX)) {
    const [, digits, code = ''] = /^(\d{1,7})([a-z].*)$/.exec(part) ?? [];
    const at = numberIn(digits ?? null, last, AT_MAX);
    const action = at === undefined ? undefined : decodeAction(code, daemons);
    if (at === undefined || action === undefined) continue;
    last = at;
    actions.push({ at, action });
  }
  return actions;
}

function numberIn(text: string | null, least: number, most: number): number | undefined {
  if (text === null || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
