import { daemonId, type NodeName } from '@group-services/core';
import { FollowedView } from '@group-services/wire';
import type { Checker, FinalState, NodesEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Who watches the daemons of the domain is told each change once (B12): only who is on the list leaves it, only
 * others join, positions grow, and who has been superseded or has stopped never comes again. At rest the list is
 * that of the daemons that live, at every process that watches.
 */
export class NodeListChecker implements Checker {
  readonly name = 'node-list';
  readonly eventual = true;
  /** Undefined before the first answer. */
  readonly #lists = new Map<string, Watched>();
  /** Whether all programs can tell of nodes. */
  readonly #allKnow: boolean;

  constructor({ allKnow }: { readonly allKnow: boolean }) {
    this.#allKnow = allKnow;
  }

  nodes(event: NodesEvent): void {
    const { client } = event;
    if (event.kind === 'closed') {
      this.#lists.delete(client);
      return;
    }
    if (event.kind === 'snapshot') {
      const { view, position } = event.snapshot;
      const list = new FollowedView(view);
      this.#lists.set(client, { list, position, fence: view.fence, ended: new Set() });
      return;
    }
    const watched = this.#lists.get(client);
    const { membership, position } = event.message;
    if (watched === undefined || membership === undefined) {
      throw new Violation(this.name, `${client} is told of a change of nothing`);
    }
    const { list, ended } = watched;
    for (const id of membership.joined) {
      if (ended.has(id)) throw new Violation(this.name, `${client} sees ${id} come again`);
    }
    if (!list.apply(membership)) {
      const text = JSON.stringify(membership);
      throw new Violation(this.name, `${client}: ${text} cannot follow ${list.view.providers}`);
    }
    if (position <= watched.position || membership.fence <= watched.fence) {
      throw new Violation(this.name, `${client} sees ${position} after ${watched.position}`);
    }
    for (const { provider, detail = '' } of membership.left) {
      if (!detail.includes('lease')) ended.add(provider);
    }
    watched.position = position;
    watched.fence = membership.fence;
  }

  finish({ liveDaemons }: FinalState): void {
    if (!this.#allKnow) return;
    const live = [...liveDaemons].sort().join(' ');
    for (const [client, { list }] of this.#lists) {
      const seen = list.view.providers.map(daemonOfId).sort().join(' ');
      if (seen === live) continue;
      throw new Violation(this.name, `${client} sees ${seen}, and there are ${live}`);
    }
  }
}

function daemonOfId(id: string): string {
  const [node = '', incarnation] = id.split('/');
  return daemonId(node as NodeName, Number(incarnation));
}

interface Watched {
  readonly list: FollowedView;
  position: number;
  fence: string;
  /** Who is gone for good. */
  readonly ended: Set<string>;
}
