import type { MembershipId } from '@group-services/core';
import type { MetagroupOutput } from '../../src/index.js';
import type { Checks } from './checks.js';
import { SETTINGS } from './domain.js';
import type { TestNode } from './node.js';

/**
 * A leader that hands over in order takes nothing with it: all that it has delivered, safe or not, is
 * what everybody delivers, whoever fails afterwards. One that was in a hurry, because some member
 * lagged for half the time that leaving may take, promises less.
 */
export class OrderlyLeaves {
  readonly #checks: Checks;
  readonly #leaving = new Map<MembershipId, number>();
  readonly #handingOver = new Set<MembershipId>();

  constructor(checks: Checks) {
    this.#checks = checks;
  }

  /** The membership of this node has been told to leave. */
  asked(node: TestNode, now: number): void {
    const { membership } = node;
    if (membership !== undefined && !this.#leaving.has(membership)) {
      this.#leaving.set(membership, now);
    }
  }

  happened(node: TestNode, output: MetagroupOutput, now: number): void {
    const self = node.membership as MembershipId;
    if (output.kind === 'observed' && output.event.kind === 'branch') {
      if (output.event.name === 'handover') this.#handingOver.add(self);
    } else if (output.kind === 'ended' && output.reason === 'left') {
      const since = this.#leaving.get(self) ?? Number.NEGATIVE_INFINITY;
      const hurried = now >= since + SETTINGS.leaveTimeoutMs / 2;
      if (this.#handingOver.has(self) && !hurried) this.#checks.settle(self);
    }
  }
}
