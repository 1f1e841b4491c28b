import { connect } from '@group-services/client';
import { mutex } from '@group-services/recipes';

/** Whatever the lock protects: it refuses who comes with an older fence. */
let newest = '';
function write(fence: string, what: string): void {
  if (fence < newest) throw new Error('an older holder');
  newest = fence;
  console.log('written:', what);
}

const services = await connect();
const lock = await (await mutex(services, 'invoice 7')).acquire({ timeout: 5_000 });
try {
  // No time to live and no renewal: the lock goes when this process, or its daemon, does.
  if (!lock.signal.aborted) write(lock.fence, 'paid');
} finally {
  await lock.release();
}
await services.close();
