/** A member process: joins the system under test and performs the works it is told to. */
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
    endpoint = await connectRelay(link, (bytes, offset) => run?.onDelivery(bytes, offset));
    return undefined;
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
