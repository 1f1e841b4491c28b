import type { Phases } from '@group-services/wire';
import type { Said } from './said.js';
import { type Story, type StoryChecker, wasListed } from './stories.js';
import { Violation } from './violation.js';

/**
 * A protocol has as many phases as its proposal, or the group's attributes, say: none, a fixed number
 * unless it is rejected before, or no more than the group's limit.
 */
export class PhaseCount implements StoryChecker {
  readonly name = 'phase-count';

  story(story: Story, said: Said): void {
    const { end } = story;
    if (end.kind !== 'approved' && end.kind !== 'rejected') return;
    const rule = ruleOf(story, said);
    if (rule === undefined) return;
    const { phases, causes = [] } = end.message;
    if (!isWithin(rule, phases, end.kind)) this.#fail(story, rule, `${phases} phases`);
    if (rule.isLeast || !causes.some(({ code }) => code === 'max-phases')) return;
    const last = typeof rule.phases === 'object' ? rule.phases.exactly : rule.maxPhases;
    if (phases !== last) this.#fail(story, rule, `phase ${phases} as its last`);
  }

  #fail({ id, record }: Story, { phases, maxPhases }: Rule, what: string): never {
    const rule = `${JSON.stringify(phases)} and at most ${maxPhases} (0: no limit)`;
    throw new Violation(
      this.name,
      `${id} of ${record.group} at ${record.key}: ${what} for ${rule}`,
    );
  }
}

interface Rule {
  readonly phases: Phases;
  /** 0: no limit. */
  readonly maxPhases: number;
  /** A batch may ask for more than this. */
  readonly isLeast: boolean;
}

/** Undefined: this provider does not know it. */
function ruleOf(story: Story, said: Said): Rule | undefined {
  const { end, record, attributes } = story;
  // A provider that was listed before has a vote in it, so that there is something to wait for.
  if (attributes === undefined || !wasListed(story)) return undefined;
  if (end.kind !== 'approved' && end.kind !== 'rejected') return undefined;
  const { maxPhases, joinPhases, failurePhases } = attributes;
  const { protocol, request } = end.message;
  if (protocol.kind === 'join') return { phases: joinPhases, maxPhases, isLeast: false };
  if (protocol.kind === 'failure') return { phases: failurePhases, maxPhases, isLeast: true };
  const phases = said.phasesOf(record.client, request);
  if (phases === undefined) return undefined;
  return { phases, maxPhases, isLeast: protocol.kind === 'leave' };
}

function isWithin({ phases, maxPhases, isLeast }: Rule, count: number, outcome: string): boolean {
  if (phases === 1) return isLeast || count === 0;
  if (count === 0) return false;
  if (phases === 'voting') return maxPhases === 0 || isLeast || count <= maxPhases;
  if (isLeast) return true;
  return outcome === 'approved' ? count === phases.exactly : count <= phases.exactly;
}
