/** A member process: joins the system under test and performs the works it is told to. */
import { churn } from '../group-services/churn.js';
import { Crowd } from '../group-services/crowd.js';
import { GroupServicesEndpoint } from '../group-services/gs-endpoint.js';
import { Herd } from '../group-services/herd.js';
import { connectRelay } from '../relay/relay-endpoint.js';
import { serveCalls } from '../remote-calls.js';
import { BarrierRun } from './barrier-run.js';
import type { Endpoint } from './endpoint.js';
import { LatencyRun } from './latency-run.js';
import type { MemberCalls, RunOrder } from './member-calls.js';
import { PacedRun } from './paced-run.js';
import { Pulse } from './pulse.js';
import { ThroughputRun } from './throughput-run.js';

let endpoint: Endpoint | undefined;
type AnyRun = ThroughputRun | LatencyRun | BarrierRun | PacedRun | Pulse;
let run: AnyRun | undefined;
let crowd: Crowd | undefined;
const herd = new Herd();

serveCalls<MemberCalls>({
  connect: async (link) => {
    const deliver = (bytes: Uint8Array, offset: number) => run?.onDelivery(bytes, offset);
    if (link.system === 'relay') {
      endpoint = await connectRelay(link, deliver);
    } else {
      endpoint = await GroupServicesEndpoint.open(link, deliver);
    }
    return undefined;
  },
  view: (providers) => ofGroupServices().viewOf(providers),
  lists: (order) => ofGroupServices().listsSince(order),
  churn,
  prepare: (prepared) => {
    run = runOf(prepared, connected());
    return undefined;
  },
  throughput: () => expected(ThroughputRun).perform(),
  latency: () => expected(LatencyRun).perform(),
  barrier: () => expected(BarrierRun).perform(),
  paced: () => expected(PacedRun).perform(),
  pulse: async () => {
    const pulse = new Pulse(connected());
    run = pulse;
    await pulse.start();
    return undefined;
  },
  stopPulse: () => expected(Pulse).stop(),
  crowd: async (link) => {
    crowd = await Crowd.connect(link.endpoint, link.connections);
    return undefined;
  },
  crowdJoin: (order) => {
    if (crowd === undefined) throw new Error('a crowd joins that was not connected');
    return crowd.join(order);
  },
  herdJoin: (order) => herd.join(order),
  herdSees: (providers) => herd.sees(providers),
  herdLost: () => herd.lost,
});

function runOf({ kind, order }: RunOrder, member: Endpoint): AnyRun {
  if (kind === 'throughput') return new ThroughputRun(order, member);
  if (kind === 'latency') return new LatencyRun(order, member);
  if (kind === 'paced') return new PacedRun(order, member);
  return new BarrierRun(order, member);
}

/** The run that was prepared, which must be of the kind that is now to begin. */
function expected<T extends AnyRun>(Kind: abstract new (...args: never[]) => T): T {
  if (run instanceof Kind) return run;
  throw new Error(`no ${Kind.name} was prepared`);
}

function connected(): Endpoint {
  if (endpoint === undefined) throw new Error('not connected');
  return endpoint;
}

function ofGroupServices(): GroupServicesEndpoint {
  if (endpoint instanceof GroupServicesEndpoint) return endpoint;
  throw new Error('only members of a group see lists');
}
