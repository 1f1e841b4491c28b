import { connect } from '@group-services/client';
import { elect } from '@group-services/recipes';

const services = await connect();
for await (const term of elect(services, 'scheduler')) {
  console.log('leading with fence', term.fence);
  term.signal.addEventListener('abort', () => console.log('no longer'));
  await term.resign();
  break; // Leaving the loop ends the candidature.
}
await services.close();
