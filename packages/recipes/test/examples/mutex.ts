import { connect } from '@group-services/client';
import { mutex } from '@group-services/recipes';

const services = await connect();
const billing = await mutex(services, 'billing');

const lock = await billing.acquire({ timeout: 5_000 });
try {
  // Give the fence to whatever is protected, and let that refuse smaller ones.
  console.log('alone, with fence', lock.fence, lock.signal.aborted ? 'and lost' : 'and safe');
} finally {
  await lock.release();
}
await services.close();
