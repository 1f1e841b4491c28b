import { connect } from '@group-services/client';
import { barrier } from '@group-services/recipes';

const services = await connect();
// In a program each process has one of these.
const left = await barrier(services, 'batch', { parties: 2 });
const right = await barrier(services, 'batch', { parties: 2 });
for (const step of ['load', 'transform', 'store']) {
  const [{ present }] = await Promise.all([left.meet(), right.meet()]);
  console.log(step, 'is done by all', present.length);
}
await services.close();
