import { connect } from '@group-services/client';
import { rollingRestart } from '@group-services/recipes';

const services = await connect();
const member = (name: string) =>
  rollingRestart(services, 'web', {
    minimum: 1,
    restart: () => console.log(name, 'restarts, the other one serves'),
  });
const [fleet] = await Promise.all([member('left'), member('right')]);
await fleet.run();
await services.close();
