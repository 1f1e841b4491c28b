import { connect } from '@group-services/client';
import { partition } from '@group-services/recipes';

const services = await connect();
const stop = new AbortController();
const keys = ['eu-1', 'eu-2', 'us-1', 'us-2'];
for await (const share of partition(services, 'tenants', { keys, signal: stop.signal })) {
  // Asking for the next share says that what was lost is let go of.
  for (const key of share.lost) console.log('stop', key);
  for (const key of share.gained) console.log('start', key, 'with fence', share.fence);
  stop.abort();
}
await services.close();
