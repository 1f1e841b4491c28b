import { connect } from '@group-services/client';
import { once } from '@group-services/recipes';

const services = await connect();
const migrate = (): string => {
  console.log('migrating');
  return 'schema 7';
};
// Also if many processes start at the same time.
const results = await Promise.all([
  once(services, 'migration 7', migrate),
  once(services, 'migration 7', migrate),
]);
console.log(results.join(' and '));
await services.close();
