import { connect } from '@group-services/client';

const services = await connect();
await services.join('stock');
for (const { group, leader, daemons, providers } of await services.groups()) {
  // Only a daemon that is in the group knows its providers.
  const count = providers ?? 'unknown';
  console.log(`${group}: led by ${leader}, daemons ${daemons}, providers ${count}`);
}
await services.close();
