import type { FreshWork } from './fresh/fresh-work.js';
import { freshWorks } from './fresh/fresh-works.js';
import { groupServices } from './group-services/gs-system.js';
import { type Options, UsageError } from './options.js';
import { relaySystem } from './relay/relay-system.js';
import type { StartContext, System } from './system.js';
import type { Work } from './works/work.js';
import { WORKS } from './works/works.js';

/** What a command line asks to be measured. */
export interface Choice {
  readonly systems: readonly System[];
  readonly works: readonly Work[];
  readonly fresh: readonly FreshWork[];
}

/** Of another commit in the report and in `--systems`. */
export function otherName(ref: string): string {
  return `${groupServices.name}@${ref}`;
}

/** All systems there are; the other commit only when one is compared with. */
export function systemNames(compare: string | undefined): readonly string[] {
  const relays = ['relay-msg', 'relay-frame', groupServices.name];
  return compare === undefined ? relays : [...relays, otherName(compare)];
}

/** Chooses works and systems. Throws UsageError for a name that nobody has. */
export function choose(options: Options): Choice {
  const { compare, title = '', only } = options;
  const fresh = freshWorks(options);
  refuseUnknown(options.systems ?? [], systemNames(compare));
  refuseUnknown(only ?? [], [...new Set([...WORKS, ...fresh].map(({ id }) => id)), 'W4']);
  const wanted = ({ id, title: own }: Work | FreshWork) =>
    own.includes(title) && (only === undefined || only.some((name) => id.startsWith(name)));
  const systems = [relaySystem('msg'), relaySystem('frame'), groupServices];
  // The relay that copies nothing says little about a difference between two commits.
  const usual = systems.filter(({ name }) => compare === undefined || name !== 'relay-frame');
  return {
    systems:
      options.systems === undefined
        ? usual
        : systems.filter(({ name }) => options.systems?.includes(name)),
    works: WORKS.filter(wanted),
    fresh: fresh.filter(
      (work) => wanted(work) && (!work.onRequest || options.all || only !== undefined),
    ),
  };
}

/** Group Services as another commit built it. */
export function otherSystem(name: string, context: StartContext): System {
  return { name, start: (_ours, shape) => groupServices.start(context, shape) };
}

function refuseUnknown(names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new UsageError(`unknown: ${unknown.join(', ')}; known: ${known.join(', ')}`);
}
