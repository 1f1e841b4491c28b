import type { Entry } from '@group-services/wire';
import { Isolation } from './isolation.js';
import { Donating } from './joining/donating.js';
import { type Early, Joining } from './joining/joining.js';
import { Changes } from './list/changes.js';
import { Learning } from './list/learning.js';
import { Leaving } from './list/leaving.js';
import { Requests } from './requests/requests.js';
import { Roles } from './roles.js';
import type { Shared } from './shared.js';
import { Delivery } from './stream/delivery.js';
import { Following } from './stream/following.js';
import { Submissions } from './stream/submissions.js';
import { Claiming } from './takeover/claiming.js';
import { TakeoverMember } from './takeover/takeover.js';

/**
 * The sub-protocols of one membership, and how they are joined to each other. No part knows the engine, and
 * few know another part: each says in its ports what it needs, and here it is decided who gives it. What
 * concerns several parts at once goes up to the engine as an event.
 */
export interface Parts {
  readonly following: Following;
  readonly requests: Requests;
  readonly submissions: Submissions;
  readonly changes: Changes;
  readonly joining: Joining;
  readonly learning: Learning;
  readonly claiming: Claiming;
  readonly leaving: Leaving;
  readonly roles: Roles;
  readonly takeoverMember: TakeoverMember;
  readonly isolation: Isolation;
  readonly donating: Donating;
}

/** What happens in one part and touches several. */
export interface PartEvents {
  readonly viewInstalled: (entry: Entry, position: number) => void;
  readonly newTerm: () => void;
  readonly formed: (entry: Entry) => void;
  readonly installed: (entry: Entry, position: number, early: readonly Early[]) => void;
}

/** Makes the parts of a membership and joins them to each other. */
export function makeParts(shared: Shared, events: PartEvents): Parts {
  const changes = new Changes(shared);
  const delivery = new Delivery(shared, events.viewInstalled);
  const following: Following = new Following(shared, {
    delivery,
    deposed: () => roles.stepDown(),
    newTerm: events.newTerm,
    contiguous: (counter) => submissions.contiguous(counter),
    submitting: () => submissions.length > 0,
  });
  const ride = () => following.acknowledging.ride();
  const requests = new Requests(shared, {
    ride,
    acknowledged: (from, ack) => roles.onRequestAck(from, ack),
    listed: (member) => roles.lists(member),
  });
  const submissions = new Submissions(shared, {
    ride,
    place: (submission) =>
      roles.active?.leading.placeSubmitted(shared.self, shared.joinVersion, submission) ?? 'wait',
  });
  const roles: Roles = new Roles(shared, {
    delivery,
    changes,
    requests,
    submissions,
    membersAck: (from, ack) => following.onMembersAck(from, ack),
  });
  const learning = new Learning(shared, {
    leads: () => roles.leads(),
    change: (entry) => roles.change(entry),
    takeOver: (entry) => roles.takeOver(entry),
    deposed: () => roles.deposed(),
  });
  const joining = new Joining(shared, { formed: events.formed, installed: events.installed });
  return {
    following,
    requests,
    submissions,
    changes,
    joining,
    learning,
    claiming: new Claiming(shared, changes),
    leaving: new Leaving(shared, { leading: () => roles.active, changes }),
    roles,
    takeoverMember: new TakeoverMember(shared),
    isolation: new Isolation(shared, { joining, roles, submissions }),
    donating: new Donating(shared),
  };
}
