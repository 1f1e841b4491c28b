import type { Instant } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Membership } from './membership.js';

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

/**
 * What a member does with an entry that the name server has accepted, from whichever side it comes: an
 * answer, a notice, a renewal, a probe, a TAKEOVER or the stream (`metagroup-protocol.md` §2).
 *
 * An older entry is ignored. One that does not list this membership ends it. One that names us as
 * leader of a newer version is our own acceptance, even if the reply was lost: as leader we install it,
 * otherwise we take over — unless we have promised that version or a higher one to somebody else.
 */
export class Learning {
  readonly #m: Membership;
  readonly #ports: LearningPorts;
  #fullToldAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(membership: Membership, ports: LearningPorts) {
    this.#m = membership;
    this.#ports = ports;
  }

  learn(entry: Entry): void {
    const m = this.#m;
    if (m.status !== 'member' || entry.generation < m.generation) return;
    if (entry.generation > m.generation) {
      m.end('group-lost', `generation ${entry.generation} has replaced ${m.generation}`);
      return;
    }
    const known = m.known;
    if (known !== undefined && entry.version < known.version) return;
    m.known = entry;
    m.checkWanted = true;
    m.learnAddresses(entry);
    if (!m.isIn(entry)) {
      this.#notListed(entry);
      return;
    }
    this.#tellFull(entry);
    if (entry.leader === m.self) this.#lead(entry);
    else this.#obey(entry);
  }

  #notListed(entry: Entry): void {
    const m = this.#m;
    if (m.installed !== undefined && entry.version <= m.installed.version) return;
    if (m.leaving && this.#ports.leads() !== undefined) {
      m.send(entry.leader, { kind: 'handover', entry });
    }
    m.end(m.leaving ? 'left' : 'removed', `version ${entry.version} does not list us`);
  }

  #lead(entry: Entry): void {
    const m = this.#m;
    const role = this.#ports.leads();
    if (role === undefined) {
      if (m.promised < entry.version) this.#ports.takeOver(entry);
      return;
    }
    if (role.version >= entry.version) return;
    if (role.active && entry.since === role.since) this.#ports.change(entry);
    else this.#ports.takeOver(entry);
  }

  #obey(entry: Entry): void {
    const role = this.#ports.leads();
    if (role !== undefined && entry.version > role.version) this.#ports.deposed();
  }

  /** The name server lists us as joining although we are full: it is told (again). */
  #tellFull(entry: Entry): void {
    const m = this.#m;
    const mine = entry.members.find((member) => member.id === m.self);
    if (mine === undefined || mine.full) return;
    if (m.now < this.#fullToldAt + m.options.retryMs) return;
    this.#fullToldAt = m.now;
    m.askNameServer({
      kind: 'full',
      group: m.options.group,
      generation: m.generation,
      membership: m.self,
      joinVersion: m.joinVersion,
    });
  }
}
