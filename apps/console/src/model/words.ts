import type { Votes } from '../api/answers.js';

/** Sentences and figures as the page writes them. */

export function durationText(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 ** 2) return `${(bytes / 1_024).toFixed(1)} KiB`;
  if (bytes < 1_024 ** 3) return `${(bytes / 1_024 ** 2).toFixed(1)} MiB`;
  return `${(bytes / 1_024 ** 3).toFixed(1)} GiB`;
}

export function timeText(at: number): string {
  const time = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** The first names, and how many more there are. */
export function namesText(names: readonly string[], max = 5): string {
  const shown = names.slice(0, max);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${plural(rest, 'other')}`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** Node of a daemon's id, `n1.1732999999999`. */
export function nodeOfDaemon(daemon: string): string {
  return daemon.replace(/[.]\d+$/u, '');
}

/** Who is cast out has not failed, though the same kind of protocol removes it. */
export function kindText(
  what: string,
  subjects: readonly { readonly reason?: string }[] = [],
): string {
  if (what !== 'failure') return what;
  const isCastOut = subjects.length > 0 && subjects.every(({ reason }) => reason === 'cast-out');
  return isCastOut ? 'removal of providers without their source' : 'removal of failed providers';
}

type Voting = Pick<NonNullable<Votes['voting']>, 'defaultVote'>;

/** Whom a vote waits for, and what happens if they go on saying nothing. */
export function waitsFor(
  voting: Voting & { readonly waitingFor: readonly string[] },
  leftMs: number | undefined,
): string {
  const { waitingFor, defaultVote } = voting;
  if (waitingFor.length === 0) return 'All votes are in; the result is on its way.';
  const whom = `Waits for ${namesText(waitingFor)}.`;
  const vote = `the default vote “${defaultVote}” counts for ${waitingFor.length === 1 ? 'it' : 'them'}`;
  if (leftMs === undefined) return `${whom} There is no time limit.`;
  if (leftMs <= 0) return `${whom} The time is over: ${vote}.`;
  return `${whom} In ${durationText(leftMs)} ${vote}.`;
}
