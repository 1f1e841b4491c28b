import { connect } from '@group-services/client';
import { elect, map } from '@group-services/recipes';

const services = await connect();
// A znode with a watch that does not have to be set again.
const settings = await map<string>(services, 'settings');
await settings.set('/web/colour', 'blue');
// What `setData` with a version does.
console.log('changed:', await settings.cas('/web/colour', 'blue', 'green'));
console.log('now', await settings.get('/web/colour', { fresh: true }));

// An ephemeral sequential node, and who has the lowest leads.
for await (const term of elect(services, 'web')) {
  console.log('leading, with fence', term.fence);
  await term.resign();
  break;
}
await services.close();
