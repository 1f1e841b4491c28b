import { AttributeMismatchError, connect } from '@group-services/client';

const services = await connect();
await services.join('vault', { attributes: { strict: true, version: '2.0' } });
const late = await services
  .join('vault', { attributes: { version: '2.0' } })
  .catch((error) => error);
if (late instanceof AttributeMismatchError) {
  console.log(late.differences.map(({ attribute }) => attribute).includes('timeLimit'));
}
await services.close();
