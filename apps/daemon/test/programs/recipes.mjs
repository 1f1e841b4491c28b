// A process that holds a lock and an item of a queue, and leads; there to be killed. From the built packages.
import { connect } from '@group-services/client';
import { elect, mutex, queue } from '@group-services/recipes';

const services = await connect({ endpoint: process.argv[2] });
const lock = await (await mutex(services, 'real')).acquire();
const { item } = await (await queue(services, 'real')).take();
for await (const { fence } of elect(services, 'real')) {
  process.send({ lock: lock.fence, item, leads: fence });
}
