import { readPayload } from '../payload.js';
import type { Profile } from '../profile.js';
import { BoundedMemory } from './bounded-memory.js';
import type { Checker } from './checker.js';
import { Convergence } from './convergence.js';
import { EventOrder } from './event-order.js';
import { Liveness } from './liveness.js';
import { NoGap } from './no-gap.js';
import { OneAnswer } from './one-answer.js';
import { OneGeneration } from './one-generation.js';
import { Retention } from './retention.js';
import { SameContent } from './same-content.js';
import { SelfInclusion } from './self-inclusion.js';
import { SenderOrder } from './sender-order.js';
import { SingleLeader } from './single-leader.js';
import { StateFold } from './state-fold.js';
import { TotalOrder } from './total-order.js';
import { Uniformity } from './uniformity.js';
import { Validity } from './validity.js';
import { ViewAgreement } from './view-agreement.js';
import { ViewSequence } from './view-sequence.js';
import { VirtualSynchrony } from './virtual-synchrony.js';

/** One of each that holds under the rules of a domain, for one run. */
export function allCheckers(profile: Pick<Profile, 'isolation' | 'store'>): readonly Checker[] {
  return [
    ...(profile.isolation === 'suspend' ? [new OneGeneration(profile)] : []),
    new SingleLeader(),
    new ViewAgreement(),
    new SelfInclusion(),
    new TotalOrder(),
    new NoGap(),
    new VirtualSynchrony(),
    new Uniformity(),
    new Validity(),
    new Retention(),
    new BoundedMemory(),
    new Liveness(),
    new OneAnswer(),
    new EventOrder(),
    new ViewSequence(),
    new SameContent((payload) => readPayload(payload).safe),
    new SenderOrder(),
    new StateFold((payload) => readPayload(payload).safe),
    new Convergence(),
  ];
}
