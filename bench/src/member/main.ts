/** A member process: joins the system under test and performs the works it is told to. */
import { GroupServicesEndpoint } from '../group-services/gs-endpoint.js';
import { connectRelay } from '../relay/relay-endpoint.js';
import { serveCalls } from '../remote-calls.js';
import type { Endpoint } from './endpoint.js';
import { LatencyRun } from './latency-run.js';
import type { MemberCalls } from './member-calls.js';
import { ThroughputRun } from './throughput-run.js';

let endpoint: Endpoint | undefined;
let run: ThroughputRun | LatencyRun | undefined;

serveCalls<MemberCalls>({
  connect: async (link) => {
    const deliver = (bytes: Uint8Array, offset: number) => run?.onDelivery(bytes, offset);
    if (link.system === 'relay') {
      endpoint = await connectRelay(link, deliver);
    } else {
      endpoint = await GroupServicesEndpoint.open(link.endpoint, link.group, deliver);
    }
    return undefined;
  },
  view: (providers) => {
    if (endpoint instanceof GroupServicesEndpoint) return endpoint.viewOf(providers);
    throw new Error('only members of a group see lists');
  },
  prepare: (order) => {
    run = new ThroughputRun(order, connected());
    return undefined;
  },
  throughput: () => {
    if (run instanceof ThroughputRun) return run.perform();
    throw new Error('throughput before prepare');
  },
  latency: (order) => {
    const latency = new LatencyRun(order, connected());
    run = latency;
    return latency.perform();
  },
});

function connected(): Endpoint {
  if (endpoint === undefined) throw new Error('not connected');
  return endpoint;
}
