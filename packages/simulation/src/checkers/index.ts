import { readPayload } from '../payload.js';
import type { Profile } from '../profile/profile.js';
import { AfterWaking } from './after-waking.js';
import { Ballots } from './ballots.js';
import { Barrier } from './barrier.js';
import { BoundedMemory } from './bounded-memory.js';
import type { Checker } from './checker.js';
import { Convergence } from './convergence.js';
import { DependentGroups } from './dependent-groups.js';
import { DrainsFailNothing } from './drains-fail-nothing.js';
import { EventOrder } from './event-order.js';
import { Liveness } from './liveness.js';
import { LoadIsNotDeath } from './load-is-not-death.js';
import { NoGap } from './no-gap.js';
import { NodeListChecker } from './node-list.js';
import { OneAnswer } from './one-answer.js';
import { OneGeneration } from './one-generation.js';
import { OneOutcome } from './one-outcome.js';
import { Outcome } from './outcome.js';
import { PhaseCount } from './phase-count.js';
import { ProposedState } from './proposed-state.js';
import { Refusals } from './refusals.js';
import { Retention } from './retention.js';
import { Riders } from './riders.js';
import { SameContent } from './same-content.js';
import { SelfInclusion } from './self-inclusion.js';
import { SenderOrder } from './sender-order.js';
import { ShownValues } from './shown-values.js';
import { SingleLeader } from './single-leader.js';
import { StateFold } from './state-fold.js';
import { Stories } from './stories.js';
import { TakeoverByAll } from './takeover-by-all.js';
import { TotalOrder } from './total-order.js';
import { Uniformity } from './uniformity.js';
import { Validity } from './validity.js';
import { ViewAgreement } from './view-agreement.js';
import { ViewSequence } from './view-sequence.js';
import { VirtualSynchrony } from './virtual-synchrony.js';
import { Visibility } from './visibility.js';
import { Voters } from './voters.js';

/** One of each that holds under the rules of a domain, for one run. */
export function allCheckers(
  profile: Pick<
    Profile,
    | 'dependent'
    | 'drains'
    | 'faults'
    | 'isolation'
    | 'load'
    | 'names'
    | 'nameServerAlone'
    | 'network'
    | 'releases'
    | 'store'
    | 'timing'
    | 'voting'
  >,
): readonly Checker[] {
  const agreedResults = profile.voting?.agreedResults ?? false;
  const rules = { agreedResults, isSafe: (payload: Uint8Array) => readPayload(payload).safe };
  // Of daemons that stand still without the name server there are never two lives at once.
  const standsStill = profile.isolation === 'suspend' || profile.names === 'ephemeral';
  const drainsAlone = profile.drains?.alone === true;
  const nobodyFails = profile.load !== undefined || drainsAlone || profile.nameServerAlone;
  return [
    ...(standsStill ? [new OneGeneration(profile)] : []),
    ...(nobodyFails ? [new LoadIsNotDeath()] : []),
    ...(drainsAlone ? [new DrainsFailNothing()] : []),
    new SingleLeader(),
    new TakeoverByAll(),
    new ViewAgreement(),
    new SelfInclusion(),
    new TotalOrder(),
    new NoGap(),
    new VirtualSynchrony(),
    new Uniformity(),
    new AfterWaking(),
    new Validity(),
    new Retention(),
    new BoundedMemory(),
    new Liveness(),
    new OneAnswer(),
    new EventOrder(rules),
    new ViewSequence(),
    new SameContent(rules),
    new SenderOrder(),
    new StateFold(rules),
    new Convergence(),
    ...(profile.dependent ? [new DependentGroups()] : []),
    new Ballots(),
    new NodeListChecker({ allKnow: profile.releases === undefined }),
    new Visibility(),
    new Refusals(rules, hearingMs(profile)),
    ...(agreedResults ? [] : [new ShownValues()]),
    new Stories(rules, [
      new Outcome(),
      new OneOutcome(),
      new Barrier(),
      new Voters(),
      new Riders(),
      new ProposedState(),
      new PhaseCount(),
    ]),
  ];
}

/** Within it a daemon has heard that a process of its node is gone. */
function hearingMs({ faults, load, network, timing }: Hearing): number {
  const { halfOpen, stall, pause, clientDeaf, targeted } = faults;
  const isPrompt = [halfOpen, stall, pause, clientDeaf, load].every((each) => each === undefined);
  if (!isPrompt || targeted > 0) return 2 * timing.suspectAfterMs;
  return 2 * (network.delayMinMs + 2 * network.delayMeanMs);
}

type Hearing = Pick<Profile, 'faults' | 'load' | 'network' | 'timing'>;
