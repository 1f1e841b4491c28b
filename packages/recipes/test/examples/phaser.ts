import { connect } from '@group-services/client';
import { phaser } from '@group-services/recipes';

const services = await connect();
const fast = await phaser(services, 'simulation', { parties: 2 });
const slow = await phaser(services, 'simulation', { parties: 2 });
for (let step = 1; step <= 3; step += 1) {
  fast.arrive(); // Done with this step, and prepares the next one meanwhile.
  const [{ phase }] = await Promise.all([fast.next(), slow.next()]);
  console.log('all are in phase', phase);
}
await services.close();
