import type { Instant } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Shared } from '../shared.js';

/**
 * What a member does with an entry that the name server has accepted, from whichever side it comes: an
 * answer, a notice, a renewal, a probe, a TAKEOVER or the stream (`internal-layer.md` §2).
 *
 * An older entry is ignored. One that does not list this membership ends it. One that names us as
 * leader of a newer version is our own acceptance, even if the reply was lost: as leader we install it,
 * otherwise we take over — unless we have promised that version or a higher one to somebody else.
 */
export class Learning {
  readonly #shared: Shared;
  readonly #ports: LearningPorts;
  #fullToldAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(shared: Shared, ports: LearningPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  learn(entry: Entry): void {
    const shared = this.#shared;
    if (shared.status !== 'member' || entry.generation < shared.footing.generation) return;
    if (entry.generation > shared.footing.generation) {
      const why = `generation ${entry.generation} has replaced ${shared.footing.generation}`;
      shared.end(shared.leaving ? 'left' : 'group-lost', why);
      return;
    }
    const known = shared.known;
    if (known !== undefined && entry.version < known.version) return;
    if (known !== undefined && known.version < entry.version) shared.markRemoved(known, entry);
    shared.known = known?.version === entry.version ? withFull(entry, known) : entry;
    shared.checkWanted = true;
    shared.learnAddresses(entry);
    if (known?.version !== entry.version) {
      shared.retainWrittenOff(new Set(entry.members.map((member) => member.id)));
    }
    if (!shared.isIn(entry)) {
      this.#notListed(entry);
      return;
    }
    this.#tellFull(entry);
    if (entry.leader === shared.self) this.#lead(entry);
    else this.#obey(entry);
  }

  /** Somebody has promised a newer version than the one in which we spoke: ask which one is current. */
  onStale(generation: number, version: number): void {
    const shared = this.#shared;
    if (shared.status !== 'member') return;
    if (
      generation < shared.footing.generation ||
      (generation === shared.footing.generation && version <= shared.footing.promised)
    )
      return;
    shared.branch('stale');
    const { group, address } = shared.options;
    shared.askNameServer({
      kind: 'resolve',
      group,
      membership: shared.self,
      address,
      create: false,
    });
  }

  #notListed(entry: Entry): void {
    const shared = this.#shared;
    if (shared.installed !== undefined && entry.version <= shared.installed.version) return;
    if (shared.leaving && this.#ports.leads() !== undefined) {
      shared.send(entry.leader, { kind: 'handover', entry });
    }
    shared.end(shared.leaving ? 'left' : 'removed', `version ${entry.version} does not list us`);
  }

  #lead(entry: Entry): void {
    const shared = this.#shared;
    const role = this.#ports.leads();
    if (role === undefined) {
      if (shared.footing.promised < entry.version) this.#ports.takeOver(entry);
      return;
    }
    if (role.version >= entry.version) return;
    if (role.active && entry.since === role.since) this.#ports.change(entry);
    else this.#ports.takeOver(entry);
  }

  #obey(entry: Entry): void {
    const role = this.#ports.leads();
    if (role === undefined || entry.version <= role.version) return;
    const shared = this.#shared;
    // Given up: whoever takes over learns it from us, sooner than it may from the name server.
    if (shared.isDrained(shared.self)) shared.send(entry.leader, { kind: 'handover', entry });
    this.#ports.deposed();
  }

  /** The name server lists us as joining although we are full: it is told (again). */
  #tellFull(entry: Entry): void {
    const shared = this.#shared;
    const mine = entry.members.find((member) => member.id === shared.self);
    if (mine === undefined || mine.full) return;
    if (shared.now < this.#fullToldAt + shared.options.retryMs) return;
    this.#fullToldAt = shared.now;
    shared.askNameServer({
      kind: 'full',
      group: shared.options.group,
      generation: shared.footing.generation,
      membership: shared.self,
      joinVersion: shared.joinVersion,
    });
  }
}

/** The roles that a newer entry may give or take. */
export interface LearningPorts {
  /** The version we lead (or take over), and whether the takeover is done; undefined if we do neither. */
  readonly leads: () =>
    | { readonly version: number; readonly since: number; readonly active: boolean }
    | undefined;
  readonly change: (entry: Entry) => void;
  readonly takeOver: (entry: Entry) => void;
  readonly deposed: () => void;
}

/** A member that was full once is full; copies of the same entry differ in what was known of it. */
function withFull(entry: Entry, known: Entry): Entry {
  const full = new Set(known.members.filter((member) => member.full).map((member) => member.id));
  if (entry.members.every((member) => member.full || !full.has(member.id))) return entry;
  const members = entry.members.map((member) =>
    full.has(member.id) && !member.full ? { ...member, full: true } : member,
  );
  return { ...entry, members };
}
