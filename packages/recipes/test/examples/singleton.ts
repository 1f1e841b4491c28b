import { connect } from '@group-services/client';
import { singleton } from '@group-services/recipes';

const services = await connect();
// Every process of the fleet says this; one of them runs it, and another if that one dies.
await singleton(services, 'nightly report', async ({ fence, signal }) => {
  for (let page = 1; page <= 3 && !signal.aborted; page += 1) {
    console.log(`page ${page}, with fence ${fence}`);
  }
});
await services.close();
