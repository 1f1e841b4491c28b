import type { GroupName } from '@group-services/core';
import type { Behind, SourceAwaited, SourceHere } from '@group-services/process-group';
import type { GroupSession } from './group-session.js';

/**
 * Groups that depend on other groups of this daemon (`external-layer.md` §3.12): a target group lives here
 * only beside providers of its source. Whichever of the two has been told something, the target is told how
 * its source stands now, and goes on with what it held back for it.
 */
export class Sources {
  readonly #sessionOf: (group: GroupName) => GroupSession | undefined;
  /** By source. */
  readonly #targets = new Map<GroupName, Set<GroupSession>>();
  readonly #sourcesOf = new Map<GroupSession, readonly GroupName[]>();

  constructor(sessionOf: (group: GroupName) => GroupSession | undefined) {
    this.#sessionOf = sessionOf;
  }

  /** This session has been told something. */
  look(session: GroupSession): void {
    this.#note(session, session.processGroup.sourcesWanted);
    for (const source of this.#sourcesOf.get(session) ?? []) this.#tell(session, source);
    const targets = this.#targets.get(session.group);
    if (targets === undefined) return;
    for (const target of [...targets]) {
      target.resume();
      this.#tell(target, session.group);
    }
  }

  forget(session: GroupSession): void {
    this.#note(session, NONE);
  }

  behind(awaited: SourceAwaited): Behind {
    return this.#sessionOf(awaited.source)?.processGroup.behind(awaited) ?? 'no';
  }

  #note(session: GroupSession, wanted: readonly GroupName[]): void {
    const before = this.#sourcesOf.get(session) ?? NONE;
    if (before.length === 0 && wanted.length === 0) return;
    for (const source of before) {
      const targets = this.#targets.get(source);
      targets?.delete(session);
      if (targets?.size === 0) this.#targets.delete(source);
    }
    if (wanted.length === 0) this.#sourcesOf.delete(session);
    else this.#sourcesOf.set(session, wanted);
    for (const source of wanted) {
      const targets = this.#targets.get(source) ?? new Set();
      this.#targets.set(source, targets.add(session));
    }
  }

  #tell(target: GroupSession, source: GroupName): void {
    const { processGroup } = target;
    if (!processGroup.sourcesWanted.includes(source)) return;
    const here = this.#sessionOf(source)?.processGroup.asSource() ?? ABSENT;
    const known = processGroup.sourceKnown(source);
    if (known?.joinable === here.joinable && known.provided === here.provided) return;
    target.tellProcessGroup({ kind: 'source', group: source, here });
  }
}

const NONE: readonly GroupName[] = [];
const ABSENT: SourceHere = { joinable: false, provided: false, mark: undefined };
